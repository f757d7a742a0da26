"""The roles that are there from the beginning, as this version of the program defines them."""

from jxc_graphql.office.auth.permissions import HELD_BY, Permission

ADMINISTRATOR = "ADMIN"
"""The role above all others: it may grant every one."""
KEPT = {Permission.MANAGE_USERS, Permission.MANAGE_ROLES, Permission.SEE_AUDIT_LOG, Permission.MANAGE_COMPANY}
"""What the administrator alone may."""

BUILT_IN_ROLES = {
    ADMINISTRATOR: "Administrator (管理员)",
    "MANAGER": "Manager (经理)",
    "BUYER": "Buyer (采购员)",
    "SELLER": "Seller (销售员)",
    "WAREHOUSE_KEEPER": "Warehouse keeper (仓管员)",
    "ACCOUNTANT": "Accountant (会计)",
    "VIEWER": "Viewer (查询员)",
}
"""Their names by their codes."""
_SEE = {
    Permission.SEE_CATALOG,
    Permission.SEE_PARTNERS,
    Permission.SEE_STOCK,
    Permission.SEE_PURCHASING,
    Permission.SEE_SALES,
    Permission.SEE_ALERTS,
}
_HOLD = {
    "BUYER": {Permission.SEE_COST, Permission.SEE_SHARED_STOCK, Permission.MANAGE_PARTNERS},
    "SELLER": {Permission.SEE_SHARED_STOCK, Permission.MANAGE_PARTNERS},
    "WAREHOUSE_KEEPER": {
        Permission.MANAGE_LOTS,
        Permission.SEE_SHARED_STOCK,
        Permission.RECEIVE_GOODS,
        Permission.SHIP_GOODS,
        Permission.MANAGE_ALERTS,
        Permission.EDIT_TRANSFERS,
        Permission.MOVE_GOODS,
    },
    "ACCOUNTANT": {
        Permission.SEE_COST,
        Permission.POST_LATE_DOCUMENTS,
        Permission.CLOSE_PERIODS,
        Permission.VERIFY_BOOKS,
    },
    "VIEWER": set[Permission](),
}
"""What these may besides seeing, of what several features ask for."""


def permissions_of(code: str) -> frozenset[Permission]:
    """What a built-in role may, by all features that are loaded."""
    everything = frozenset(Permission)
    if code == ADMINISTRATOR:
        return everything
    if code == "MANAGER":
        return everything - KEPT
    return frozenset(_SEE | _HOLD[code] | {one for one, roles in HELD_BY.items() if code in roles})
