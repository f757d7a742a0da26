"""What clients see and set of warehouses and their places, and in which of them a user works."""

from datetime import datetime

from jxc_graphql.auth.api import User
from jxc_graphql.auth.events import UserWarehousesSet
from jxc_graphql.auth.operations import set_user_warehouses as set_warehouses_of_user
from jxc_graphql.auth.permissions import Permission
from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    by_id,
    connection,
    entity,
    input_type,
    many,
    mutation,
    payload,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.warehouses import events, models, operations
from jxc_graphql.warehouses.places import PlaceKind


@entity(models.Place, requires=Permission.SEE_CATALOG)
class Place(Node):
    """A place (位置) where goods can be: in a warehouse, or a virtual one such as with customers."""

    kind: PlaceKind
    """What goods there are: ours to sell, ours but not to be sold, or not ours."""
    warehouse: "Warehouse | None"
    """The warehouse it is in; null for a virtual place."""


@entity(models.Warehouse, requires=Permission.SEE_CATALOG, scope="id", search="search_text")
class Warehouse(Node):
    """A warehouse (仓库)."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    address: str
    """Address (地址)."""
    is_active: bool
    """Whether it takes new documents (启用)."""
    created_at: datetime
    """When it was made."""
    places: list[Place] = many("warehouse_id")
    """Its places: stock (可用库存), quality (待检), damaged (次品), transit (在途)."""


class Query:
    """Warehouses."""

    warehouses: Connection[Warehouse] = connection(order_by="code")
    """Warehouses (仓库)."""
    warehouse: Warehouse | None = by_id()
    """One warehouse."""


@input_type
class CreateWarehouseInput:
    """A warehouse to open."""

    code: str
    """Code (编码), unique, at most 40 characters."""
    name: str
    """Name (名称), at most 100 characters."""
    address: str = ""
    """Address (地址), at most 400 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class CreateWarehousePayload:
    """The warehouse that was opened."""

    warehouse: Warehouse | None
    """The warehouse."""


@mutation(CreateWarehousePayload)
async def create_warehouse(call: Call, input: CreateWarehouseInput) -> events.WarehouseCreated:
    """Opens a warehouse (新建仓库) with its stock, quality, damaged and transit places."""
    return await operations.create_warehouse(call, code=input.code, name=input.name, address=input.address)


@input_type
class UpdateWarehouseInput:
    """What shall change of a warehouse; what is left out stays as it is."""

    warehouse_id: Id[Warehouse]
    """The warehouse."""
    code: str | None = None
    """Code (编码), unique, at most 40 characters."""
    name: str | None = None
    """Name (名称), at most 100 characters."""
    address: str | None = None
    """Address (地址), at most 400 characters."""
    is_active: bool | None = None
    """Whether it takes new documents (启用)."""


@payload
class UpdateWarehousePayload:
    """The warehouse that was changed."""

    warehouse: Warehouse | None
    """The warehouse."""


@mutation(UpdateWarehousePayload)
async def update_warehouse(call: Call, input: UpdateWarehouseInput) -> events.WarehouseUpdated:
    """Changes a warehouse (修改仓库), closes it for new documents or opens it again."""
    return await operations.update_warehouse(
        call,
        warehouse_id=input.warehouse_id,
        code=input.code,
        name=input.name,
        address=input.address,
        is_active=input.is_active,
    )


@input_type
class SetUserWarehousesInput:
    """Where a user works."""

    user_id: Id[User]
    """The user."""
    warehouse_ids: list[Id[Warehouse]]
    """All warehouses that the user may see and touch from now on, at most 200; none means every warehouse."""


@payload
class SetUserWarehousesPayload:
    """The user with the new scope."""

    user: User | None
    """The user."""
    warehouses: list[Warehouse]
    """The warehouses that were named."""


@mutation(SetUserWarehousesPayload)
async def set_user_warehouses(call: Call, input: SetUserWarehousesInput) -> UserWarehousesSet:
    """Let a user see exactly these warehouses (设置数据范围); it takes effect with the user's next request."""
    return await set_warehouses_of_user(call, user_id=input.user_id, warehouse_ids=input.warehouse_ids)
