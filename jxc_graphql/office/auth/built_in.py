"""The roles that are there from the beginning, as this version of the program defines them."""

from jxc_graphql.office.auth.permissions import Permission

ADMINISTRATOR = "ADMIN"
"""The role above all others: it may grant every one."""
KEPT = {Permission.MANAGE_USERS, Permission.MANAGE_ROLES, Permission.SEE_AUDIT_LOG, Permission.MANAGE_COMPANY}
"""What the administrator alone may."""

_SEE = {
    Permission.SEE_CATALOG,
    Permission.SEE_PARTNERS,
    Permission.SEE_STOCK,
    Permission.SEE_PURCHASING,
    Permission.SEE_SALES,
    Permission.SEE_ALERTS,
}
BUILT_IN_ROLES: dict[str, tuple[str, frozenset[Permission]]] = {
    ADMINISTRATOR: ("Administrator (管理员)", frozenset(Permission)),
    "MANAGER": ("Manager (经理)", frozenset(Permission) - KEPT),
    "BUYER": (
        "Buyer (采购员)",
        frozenset(
            _SEE
            | {
                Permission.SEE_COST,
                Permission.SEE_SHARED_STOCK,
                Permission.MANAGE_PARTNERS,
                Permission.EDIT_PURCHASE_ORDERS,
            }
        ),
    ),
    "SELLER": (
        "Seller (销售员)",
        frozenset(
            _SEE
            | {
                Permission.SEE_SHARED_STOCK,
                Permission.MANAGE_PARTNERS,
                Permission.EDIT_SALES_ORDERS,
                Permission.EDIT_LOANS,
            }
        ),
    ),
    "WAREHOUSE_KEEPER": (
        "Warehouse keeper (仓管员)",
        frozenset(
            _SEE
            | {
                Permission.MANAGE_LOTS,
                Permission.SEE_SHARED_STOCK,
                Permission.RECEIVE_GOODS,
                Permission.SHIP_GOODS,
                Permission.MANAGE_ALERTS,
                Permission.EDIT_TRANSFERS,
                Permission.MOVE_GOODS,
                Permission.EDIT_LOANS,
                Permission.COUNT_STOCK,
                Permission.MANAGE_STOCKTAKES,
                Permission.ADJUST_STOCK,
                Permission.ASSEMBLE_GOODS,
            }
        ),
    ),
    "ACCOUNTANT": (
        "Accountant (会计)",
        frozenset(
            _SEE
            | {
                Permission.SEE_COST,
                Permission.POST_OPENING_BALANCE,
                Permission.POST_LATE_DOCUMENTS,
                Permission.CLOSE_PERIODS,
                Permission.VERIFY_BOOKS,
                Permission.REVALUE_STOCK,
            }
        ),
    ),
    "VIEWER": ("Viewer (查询员)", frozenset(_SEE)),
}
