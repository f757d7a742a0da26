"""The rights matrix: every question of the schema, asked on two copies that differ only in what is hidden.

world       a company in which everything happens in two warehouses that are seen and in two that are not
veil        the second copy: what is hidden from somebody has other ids and values there, and there is more of it
questions   drawn from the schema, so that new fields are asked for without being named here
asking      both copies are asked the same in the same order, and answer the same to the byte
"""
