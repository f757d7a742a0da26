"""What clients see and set of branches, warehouses and places, and in which warehouses a user works."""

from datetime import datetime

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    batched,
    connection,
    entity,
    extends,
    input_type,
    mutation,
    payload,
    query,
    told,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.masters.warehouses import facts, models, operations
from jxc_graphql.masters.warehouses.places import BinKind, PlaceKind, VirtualPlace
from jxc_graphql.office.auth.access_api import AccessToken
from jxc_graphql.office.auth.api import User
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.scoping import of_tokens, of_users, user_scope
from jxc_graphql.office.documents.actions import delete_action
from jxc_graphql.office.documents.api import Document
from jxc_graphql.office.numbering.api import NumberingRule


@entity(models.Branch, requires=Permission.SEE_CATALOG, search="search_text", texts=("code", "name"), few=True)
class Branch(Node, Versioned):
    """A branch (门店): a shop of the company; everybody may know of all of them."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    is_active: bool
    """Whether it is open (启用); a closed branch has no active warehouses."""
    created_at: datetime
    """When it was made."""


@entity(
    models.Warehouse,
    requires=Permission.SEE_CATALOG,
    scope={Dimension.WAREHOUSE: "id"},
    search="search_text",
    texts=("code", "name"),
    few=True,
)
class Warehouse(Node, Versioned):
    """A warehouse (仓库)."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    address: str
    """Address (地址)."""
    branch: Branch | None
    """The branch (门店) that it belongs to; null where it belongs to none."""
    is_active: bool
    """Whether it takes new documents (启用)."""
    created_at: datetime
    """When it was made."""
    places: "Connection[Place]" = connection("warehouse_id", order_by="code")
    """Its places: for stock (可用库存), quality (待检), damaged (次品), transit (在途), lent (借出) goods, and bins."""


@entity(
    models.Place,
    requires=Permission.SEE_CATALOG,
    scope={Dimension.WAREHOUSE: "warehouse_id"},
    search="search_text",
    texts=("code", "name"),
)
class Place(Node, Versioned):
    """A place (位置) where goods can be: in a warehouse, or a virtual one such as with customers."""

    code: str
    """Code (编码), unique in its warehouse; of a built-in or virtual place, its kind."""
    name: str
    """Name (名称)."""
    kind: PlaceKind
    """What goods there are: ours to sell, ours but not to be sold, or not ours."""
    is_active: bool
    """Whether it takes goods (启用); only a bin can be closed."""
    is_bin: bool
    """Whether it is a bin (库位), and not built in or virtual."""
    warehouse: Warehouse | None
    """The warehouse it is in; null for a virtual place."""


@extends(Document)
class WarehousesOfDocument:
    """Where a document is."""

    warehouse: Warehouse | None
    """The warehouse (仓库) of its goods; of a transfer the one they leave."""
    to_warehouse: Warehouse | None
    """The warehouse to which goods of a transfer go (调入仓)."""


class Query:
    branches: Connection[Branch] = connection(order_by="code")
    """Branches (门店)."""
    warehouses: Connection[Warehouse] = connection(order_by="code")
    """Warehouses (仓库)."""
    places: Connection[Place] = connection(only="warehouse_id", order_by="code")
    """Places (位置) in warehouses: built-in ones and bins (库位)."""


@query(list[Place] | None)
async def virtual_places(call: Call) -> list[int]:  # noqa: ARG001  (every root function takes the call)
    """The places that no warehouse has: suppliers, customers, count differences, scrap, opening balances, assembly."""
    return [place.value for place in VirtualPlace]


@input_type
class CreateBranchInput:
    """A branch to open."""

    code: str
    """Code (编码), unique, at most 40 characters."""
    name: str
    """Name (名称), at most 100 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateBranchPayload:
    """The branch that was opened."""

    branch: Branch | None
    """The branch."""


@mutation(CreateBranchPayload)
async def create_branch(call: Call, input: CreateBranchInput) -> facts.BranchCreated:
    """Opens a branch (新建门店)."""
    return await operations.create_branch(call, code=input.code, name=input.name)


@input_type
class UpdateBranchInput:
    """What shall change of a branch; what is left out stays as it is."""

    id: Id[Branch]
    """The branch."""
    code: Change[str] = UNSET
    """Code (编码), unique, at most 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), at most 100 characters."""
    is_active: Change[bool] = UNSET
    """Whether it is open (启用); it can be closed when none of its warehouses is active."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@payload
class UpdateBranchPayload:
    """The branch that was changed."""

    branch: Branch | None
    """The branch."""


@mutation(UpdateBranchPayload)
async def update_branch(call: Call, input: UpdateBranchInput) -> facts.BranchUpdated:
    """Changes a branch (修改门店), closes it or opens it again."""
    return await operations.update_branch(call, **told(input, id="branch_id"))


@input_type
class CreateWarehouseInput:
    """A warehouse to open."""

    code: str
    """Code (编码), unique, at most 40 characters."""
    name: str
    """Name (名称), at most 100 characters."""
    address: str = ""
    """Address (地址), at most 400 characters."""
    branch_id: Id[Branch] | None = None
    """The branch (门店) that it belongs to; null where it belongs to none."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateWarehousePayload:
    """The warehouse that was opened."""

    warehouse: Warehouse | None
    """The warehouse."""


@mutation(CreateWarehousePayload)
async def create_warehouse(call: Call, input: CreateWarehouseInput) -> facts.WarehouseCreated:
    """Opens a warehouse (新建仓库) with its stock, quality, damaged, transit and lent places."""
    return await operations.create_warehouse(
        call, code=input.code, name=input.name, address=input.address, branch_id=input.branch_id
    )


@input_type
class UpdateWarehouseInput:
    """What shall change of a warehouse; what is left out stays as it is."""

    id: Id[Warehouse]
    """The warehouse."""
    code: Change[str] = UNSET
    """Code (编码), unique, at most 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), at most 100 characters."""
    address: Change[str | None] = UNSET
    """Address (地址), at most 400 characters."""
    branch_id: Change[Id[Branch] | None] = UNSET
    """The branch (门店) that it shall belong to."""
    is_active: Change[bool] = UNSET
    """Whether it takes new documents (启用)."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@payload
class UpdateWarehousePayload:
    """The warehouse that was changed."""

    warehouse: Warehouse | None
    """The warehouse."""


@mutation(UpdateWarehousePayload)
async def update_warehouse(call: Call, input: UpdateWarehouseInput) -> facts.WarehouseUpdated:
    """Changes a warehouse (修改仓库), closes it for new documents or opens it again."""
    return await operations.update_warehouse(call, **told(input, id="warehouse_id"))


@input_type
class BinInput:
    """A bin to create."""

    code: str
    """Code (编码), unique in the warehouse, at most 40 characters."""
    name: str | None = None
    """Name (名称), at most 100 characters; the code where none is given."""
    kind: BinKind = BinKind.STOCK
    """What it is for; sellable stock unless said otherwise."""


@input_type
class CreateBinsInput:
    """Bins for a warehouse."""

    warehouse_id: Id[Warehouse]
    """Where."""
    bins: list[BinInput]
    """The bins, at most 500 at once."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateBinsPayload:
    """The bins that were created."""

    warehouse: Warehouse | None
    """Where."""
    places: list[Place]
    """The bins, in the order of the input."""


@mutation(CreateBinsPayload)
async def create_bins(call: Call, input: CreateBinsInput) -> facts.BinsCreated:
    """Adds bins (新建库位) to a warehouse, all of them or none."""
    bins = [operations.WantedBin(code=one.code, name=one.name, kind=one.kind) for one in input.bins]
    return await operations.create_bins(call, warehouse_id=input.warehouse_id, bins=bins)


@input_type
class UpdateBinInput:
    """What shall change of a bin; what is left out stays as it is."""

    id: Id[Place]
    """The bin."""
    code: Change[str] = UNSET
    """Code (编码), unique in the warehouse, at most 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), at most 100 characters."""
    is_active: Change[bool] = UNSET
    """Whether it takes goods (启用); what is there can be taken out either way."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@payload
class UpdateBinPayload:
    """The bin that was changed."""

    place: Place | None
    """The bin."""


@mutation(UpdateBinPayload)
async def update_bin(call: Call, input: UpdateBinInput) -> facts.BinUpdated:
    """Renames a bin (修改库位), closes it for goods or opens it again."""
    return await operations.update_bin(call, **told(input, id="place_id"))


@extends(NumberingRule)
class BranchOfNumbering:
    """Where a numbering rule holds."""

    branch: Branch | None
    """In which branch (门店); null: in all that have no rule of their own."""


@extends(User)
class UserWarehouses:
    """Where a user works."""

    branches: list[Branch] | None = batched(of_users(Dimension.BRANCH), "id", requires=Permission.MANAGE_USERS)
    """The branches whose warehouses the user may see and touch (数据范围); null: those of all, and of none."""
    warehouses: list[Warehouse] | None = batched(of_users(Dimension.WAREHOUSE), "id", requires=Permission.MANAGE_USERS)
    """The warehouses that the user may see and touch (数据范围); null: all of them."""


@extends(AccessToken)
class TokenWarehouses:
    """Where a token may be used to work."""

    branches: list[Branch] | None = batched(of_tokens(Dimension.BRANCH), "id")
    """The branches whose warehouses it is limited to; null: those of its user."""
    warehouses: list[Warehouse] | None = batched(of_tokens(Dimension.WAREHOUSE), "id")
    """The warehouses that it is limited to; null: those of its user."""


set_user_warehouses = user_scope(
    Warehouse,
    Dimension.WAREHOUSE,
    who="Where a user works.",
    text="Let a user see exactly these warehouses (设置数据范围); it takes effect with the user's next request.",
)
set_user_branches = user_scope(
    Branch,
    Dimension.BRANCH,
    who="In which branches a user works.",
    text="Let a user see exactly the warehouses that these branches have at the time (设置门店范围).",
    several="branches",
)


delete_branch = delete_action(operations.delete_branch, Branch)
delete_warehouse = delete_action(operations.delete_warehouse, Warehouse)
delete_bin = delete_action(operations.delete_bin, Place)
