"""Everything that a caller may be allowed to do, roles being sets of it, and where: in which scope."""

from enum import StrEnum

from jxc_graphql.kit.rights import Division, divide, include
from jxc_graphql.kit.vocabulary import add


class Dimension(StrEnum):
    """Something that the callers are divided by (数据范围): each may see and touch some of its kind, or all.

    It is called as the table and the type of the things are.
    """

    WAREHOUSE = "WAREHOUSE"
    """Warehouses, and what lies or happens there."""
    BRANCH = "BRANCH"
    """Branches, for their warehouses and what lies or happens there; what branches there are everybody may know."""
    CUSTOMER = "CUSTOMER"
    """Customers, and what is sold or lent to them; what has to do with no customer is not divided so."""
    SUPPLIER = "SUPPLIER"
    """Suppliers, and what is bought from or lent to them; what has to do with no supplier is not divided so."""


divide(Division(Dimension.BRANCH, of=Dimension.WAREHOUSE, table="warehouse", column="branch_id"))


class Permission(StrEnum):
    """One thing a role allows (权限)."""

    # What several features ask for; what one alone does is said there, by `permission`.

    MANAGE_USERS = "MANAGE_USERS"
    """Create users, set their roles and scope, revoke their tokens: of those who hold no role above one's own."""
    MANAGE_ROLES = "MANAGE_ROLES"
    """Make roles of what one may do oneself, and say which grants which; nobody with a data scope of his own has it."""
    SEE_AUDIT_LOG = "SEE_AUDIT_LOG"
    """See who did what, when and from where, costs included; nobody with a data scope of his own has it."""
    MANAGE_COMPANY = "MANAGE_COMPANY"
    """Change the company's settings, such as time zone and thresholds; nobody with a data scope of his own has it."""
    SEE_CATALOG = "SEE_CATALOG"
    """See categories, products, SKUs, units, barcodes, branches, warehouses and places."""
    MANAGE_CATALOG = "MANAGE_CATALOG"
    """Create and change categories, products, SKUs, units and barcodes."""
    SEE_PARTNERS = "SEE_PARTNERS"
    """See suppliers and customers."""
    MANAGE_PARTNERS = "MANAGE_PARTNERS"
    """Create and change suppliers, their prices, and customers."""
    SEE_STOCK = "SEE_STOCK"
    """See stock levels, movements and lots; includes SEE_CATALOG."""
    SEE_COST = "SEE_COST"
    """See what goods cost: stock values, unit costs, purchase prices; includes SEE_CATALOG."""
    MANAGE_LOTS = "MANAGE_LOTS"
    """Correct the dates of lots; block and unblock them."""
    MANAGE_WAREHOUSES = "MANAGE_WAREHOUSES"
    """Create and change branches, warehouses and bins."""
    POST_LATE_DOCUMENTS = "POST_LATE_DOCUMENTS"
    """Post documents under a past day (补录), as long as its period is open."""
    CLOSE_PERIODS = "CLOSE_PERIODS"
    """Close the books up to a day (结账)."""
    REOPEN_PERIODS = "REOPEN_PERIODS"
    """Open the newest closed period again (反结账)."""
    EDIT_TRANSFERS = "EDIT_TRANSFERS"
    """Ask for transfers between warehouses, and give them up."""
    MOVE_GOODS = "MOVE_GOODS"
    """Dispatch and receive transfers; take back goods lent; move goods between the places of a warehouse."""
    APPROVE_ADJUSTMENTS = "APPROVE_ADJUSTMENTS"
    """Approve adjustments and write-offs above the threshold."""
    UNAPPROVE_DOCUMENTS = "UNAPPROVE_DOCUMENTS"
    """Make approved orders and transfers drafts again, with which nothing was done yet."""
    REVERSE_DOCUMENTS = "REVERSE_DOCUMENTS"
    """Take posted receipts, shipments and returns back, by documents of their own."""
    SEE_PURCHASING = "SEE_PURCHASING"
    """See purchase orders and goods receipts; includes SEE_CATALOG and SEE_PARTNERS."""
    RECEIVE_GOODS = "RECEIVE_GOODS"
    """Receive goods against an approved purchase order."""
    SEE_SALES = "SEE_SALES"
    """See sales orders and shipments; includes SEE_CATALOG and SEE_PARTNERS."""
    SHIP_GOODS = "SHIP_GOODS"
    """Ship goods of an approved sales order."""
    SEE_ALERTS = "SEE_ALERTS"
    """See and follow stock alerts and limits; includes SEE_STOCK."""
    MANAGE_ALERTS = "MANAGE_ALERTS"
    """Set stock limits; acknowledge alerts and put them off."""
    SEE_SHARED_STOCK = "SEE_SHARED_STOCK"
    """See how much of a SKU all warehouses have to give, those out of the own scope included, but not its cost."""
    VERIFY_BOOKS = "VERIFY_BOOKS"
    """Run the comparison of ledger and projections, costs included; nobody with a data scope of his own has it."""
    REBUILD_BOOKS = "REBUILD_BOOKS"
    """Make projections anew from the ledger."""


OF_ALL = frozenset(
    {Permission.MANAGE_ROLES, Permission.MANAGE_COMPANY, Permission.SEE_AUDIT_LOG, Permission.VERIFY_BOOKS}
)
"""What shows things of all places at once, or is good for all of them, and is nobody's who does not see them all."""

# Who sees stock, orders or alerts sees the goods and partners that they are about: an edge there is never null.
include(Permission.SEE_STOCK, Permission.SEE_CATALOG)
include(Permission.SEE_COST, Permission.SEE_CATALOG)
include(Permission.SEE_PURCHASING, Permission.SEE_CATALOG, Permission.SEE_PARTNERS)
include(Permission.SEE_SALES, Permission.SEE_CATALOG, Permission.SEE_PARTNERS)
include(Permission.SEE_ALERTS, Permission.SEE_STOCK)

HELD_BY: dict[Permission, tuple[str, ...]] = {}
"""The built-in roles that have a permission which a feature said, besides those that have all."""


def permission(name: str, text: str, *roles: str) -> Permission:
    """A permission that one feature alone asks for, said there, and the built-in roles that have it besides.

    Administrators have every permission, managers all but what is kept from them.
    """
    made = add(Permission, name, text)
    HELD_BY[made] = roles
    return made
