"""The declaration language: everything that a feature's `api.py` needs, in one import.

    from jxc_graphql.gql.declare import Connection, Id, Node, column, computed, connection, entity, …

    @entity(models.Order, requires=Permission.SEE_ORDERS, scope={"branch": "branch_id"}, search="search_text")
    class Order(Node):
        '''An order: what was asked for.'''

        number: str                                     # a column; every attribute has a string under it
        '''Number, unique.'''
        status: OrderStatus                             # a StrEnum is an enum; its members have strings under them
        customer: Customer                              # an edge by the column customer_id
        due_on: date | None
        total: Money = column(requires=Permission.SEE_MONEY)        # null without the permission
        remark: str = column("note")                    # a column by another name
        lines: list[OrderLine] = many("order_id", order_by="line_no")
        deliveries: Connection[Delivery] = connection("order_id", order_by="-id")
        returns: Connection[Delivery] = connection("order_id", only="returned_on")  # where that is not NULL
        history: Connection[Entry] = connection("subject_id")
        source: Paper | None = column("paper_id")       # an @interface or @union: of the entity that has this id
        is_late: bool = computed(rules.is_late, "status", "due_on")
        weight: Quantity = batched(queries.weights, "id")

    @entity(models.OrderLine, described=True)           # a column with a string under it in the model is a field
    class OrderLine(Node):
        '''A line of an order.'''

    @extends(Customer)                                  # fields of a lower feature's entity, which cannot know Order
    class CustomerOrders:
        orders: Connection[Order] = connection("customer_id")

    @register(models.Entry, kind="kind", scope={"branch": "branch_id"})   # an interface with a table: a row per object
    class Entry:
        '''What all papers have.'''

        number: str                                     # answered there for all of them, one statement per list
        remark: str = by_kind()                         # what it does not have: a statement per type that occurs

    @union(Order, Delivery)
    class Parcel:
        '''What can be sent on.'''

    @value(row_of=("sku_id",))                          # a row that is no thing: its id is of the question and of that
    class SlowSeller:
        '''A SKU that nobody buys.'''

    @query(Connection[SlowSeller])                      # by page: `first` and `after` become a Slice
    async def slow_sellers(call: Call, *, page: Slice) -> Page[rules.SlowSeller]: ...

    class Query:
        orders: Connection[Order] = connection()        # and whatever has an id is found by it: order(id: …)

    @query(Viewer)
    async def viewer(call: Call) -> Session: ...

    @mutation(ApproveOrderPayload)
    async def approve_order(call: Call, input: ApproveOrderInput) -> OrderApproved: ...

    @subscription(OrderEvent)
    async def orders_changed(call: Call, after: Annotated[str | None, "Only what follows this cursor."] = None): ...

What lists can be filtered, searched and sorted by follows from that (`schema.listed`): their own columns, and along
edges what stands in other types. `search` names the column that texts are looked for in; types without one are found by
those of what they are about.

Annotations say what the table holds; where a permission or a scope may take a value away, the schema says nullable by
itself. `Schema([module, …])` puts the modules together and refuses what is not right, naming type, field and mend.
"""

from jxc_graphql.gql.words.describe import DeclarationError, camel
from jxc_graphql.gql.words.entity import (
    Connection,
    Id,
    Member,
    declaration,
    entity,
    extends,
    input_type,
    interface,
    make_input,
    make_payload,
    make_roots,
    mutation,
    payload,
    query,
    register,
    shown_as,
    subscription,
    union,
    user_error,
    user_error_of,
    value,
)
from jxc_graphql.gql.words.made import Parameter, given_to, input_of_struct, parameters, texts_of, told
from jxc_graphql.gql.words.markers import Coded, batched, by_kind, column, computed, connection, many
from jxc_graphql.gql.words.node import Node, Versioned
from jxc_graphql.gql.words.user_errors import LimitError, NumberError, PeriodError, UserError

__all__ = [
    "Coded",
    "Connection",
    "DeclarationError",
    "Id",
    "LimitError",
    "Member",
    "Node",
    "NumberError",
    "Parameter",
    "PeriodError",
    "UserError",
    "Versioned",
    "batched",
    "by_kind",
    "camel",
    "column",
    "computed",
    "connection",
    "declaration",
    "entity",
    "extends",
    "given_to",
    "input_of_struct",
    "input_type",
    "interface",
    "make_input",
    "make_payload",
    "make_roots",
    "many",
    "mutation",
    "parameters",
    "payload",
    "query",
    "register",
    "shown_as",
    "subscription",
    "texts_of",
    "told",
    "union",
    "user_error",
    "user_error_of",
    "value",
]
