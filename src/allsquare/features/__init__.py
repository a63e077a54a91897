"""Offer what people do with Allsquare, one folder a feature: its routes, wire types and reads."""
