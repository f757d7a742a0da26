"""Moves (移库): goods go from place to place within one warehouse, at once.

Words: place move 移库单: from bin to bin, from stock to quality 待检 or damaged 次品, from quality to stock 放行
(inspection passed).

Tables: `place_move`, `place_move_line`. A place move is posted with its creation and never changes.

Always true:
- both places of a line are in the move's warehouse, where goods lie on shelves: neither in transit nor virtual;
- the level's quantity on hand and value stay as they are; only what is sellable, in quality or damaged changes;
- goods that are set apart are kept for nobody any more: who was promised them waits for others.
"""
