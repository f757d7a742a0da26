"""Analytics (库存分析): what the books said on any day, what it was worth, and how old it was."""
