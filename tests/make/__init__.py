"""What tests are made of: a shop, a trade, a haul; built through operations, a step each, in plain decimals."""
