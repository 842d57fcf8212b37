"""Small samples of what Shopify and TikTok Shop send."""

from __future__ import annotations

import json

ORDERS = (
    "Name,Financial Status,Fulfillment Status,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem sku,Vendor,Id,Tags,Notes,Cancelled at,Fulfilled at,Lineitem fulfillment status,"
    "Shipping Name,Shipping Street,Shipping City,Note Attributes\n"
)


def order(name="#1001", **cells):
    values = {
        "Name": name,
        "Financial Status": "paid",
        "Fulfillment Status": "unfulfilled",
        "Created at": "2026-04-05 21:06:21 +0400",
        "Lineitem quantity": "1",
        "Lineitem name": "Mug - Blue",
        "Lineitem sku": "MUG",
        "Vendor": "Glow Care BD",
        "Id": f"9{abs(hash(name)) % 10**12:012}",
    } | cells
    columns = ORDERS.strip().split(",")
    return ",".join('"' + values.get(c, "").replace('"', '""') + '"' for c in columns) + "\n"


def further(name="#1001", **cells):
    blank = {"Financial Status": "", "Fulfillment Status": "", "Id": ""}
    return order(name, **{**blank, **cells})


ORDER = {
    "id": "577958834469439754",
    "status": "AWAITING_SHIPMENT",
    "create_time": 1695873653,
    "user_id": "7021436810468230477",
    "buyer_message": "Please ship asap!",
    "recipient_address": {
        "name": "Zay",
        "address_line1": "5800 Bristol Pkwy",
        "address_line2": "Suite 100",
        "address_line3": '""',
        "postal_code": "95110",
        "region_code": "US",
        "phone_number": "(+1)213-***-1234",
    },
    "line_items": [
        {"id": "577958834469570826", "seller_sku": "W-450", "sale_price": "1.20"},
        {"id": "577958834469570827", "seller_sku": "W-450", "product_name": "Water"},
        {"id": "577958834469570828", "seller_sku": "CAP", "product_name": "Cap"},
    ],
}  # fmt: skip

RETURN = {
    "return_id": "4035463945335048707",
    "order_id": "577958834469439754",
    "return_status": "BUYER_SHIPPED_ITEM",
    "return_type": "RETURN_AND_REFUND",
    "return_reason_text": "Package or product is damaged",
    "return_tracking_number": "JT0001",
    "combined_return_id": "9000000000000000001",
    "is_combined_return": True,
    "create_time": 1724558837,
    "seller_next_action_response": [
        {"action": "SELLER_RESPOND", "deadline": 1724831101},
        {"action": "SELLER_RECEIVE", "deadline": 1724811101},
    ],
    "return_line_items": [
        {"return_line_item_id": "1", "seller_sku": "W-450", "product_name": "Water"},
        {"return_line_item_id": "2", "seller_sku": "W-450", "product_name": "Water"},
    ],
}


def body(kind, *items):
    return json.dumps({"code": 0, "data": {kind: list(items)}, "message": "Success"}, indent=1)


SELLER_EXPORT = (
    "Order ID,Order Status,Order Substatus,Cancelation/Return Type,Normal or Pre-order,"
    + "".join(f"Column {n}," for n in range(47))
    + "SKU ID,Seller SKU,Product Name,Variation,Quantity,Sku Quantity of return\n"
)
