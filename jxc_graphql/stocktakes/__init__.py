"""Stocktakes (盘点): what is counted, what the books say, and the variances that are posted."""
