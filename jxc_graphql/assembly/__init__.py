"""Assembly (组装拆卸): kits are made of components, and taken apart again."""
