"""A small invented warehouse to try floorhand with: three merchants, today's work waiting.

Nothing here is real: merchants, goods, people and addresses are made up, and the GTINs are from
the range that GS1 keeps for demonstrations (prefix 952).
"""

from floorhand.robots.demo.build import Badge, Demo, badges_of, build_demo

__all__ = ["Badge", "Demo", "badges_of", "build_demo"]
