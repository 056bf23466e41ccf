"""The document of our own calls (OpenAPI 3.1), served at /api/v1/match/openapi.json. HMA's calls are documented by HMA."""

from typing import Any

_PROBLEM = {"description": "What to do instead (RFC 9457).", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
_HEX = {"type": "array", "items": {"type": "string"}, "maxItems": 10_000}
_REFUSED = {
    "400": _PROBLEM,
    "401": _PROBLEM,
    "403": _PROBLEM,
    "413": _PROBLEM,
    "415": _PROBLEM,
    "429": _PROBLEM,
    "503": _PROBLEM,
}
_MATCH = {
    "type": "object",
    "required": ["signal", "position", "content_id", "list", "confirmed"],
    "properties": {
        "signal": {"type": "string", "description": "The name under which the value was sent."},
        "position": {"type": "integer", "description": "Which of the values of that name, from 0."},
        "content_id": {"type": "integer", "description": "The entry: name it when you ask or complain."},
        "list": {"type": "string"},
        "confirmed": {"type": "boolean", "description": "False: it is the word of `claimed_by`, and nobody here has confirmed it."},
        "claimed_by": {"type": "string"},
        "grade": {"type": "string", "description": "Where you may see the list."},
        "claimed_grade": {"type": "string", "description": "Where you may see the list."},
        "about": {"type": "object", "description": "What its source says of it, where you may see the list."},
        "distance": {"type": "integer", "description": "For keys of a hotline, police or an intelligence service alone."},
    },
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Havenline: matching",
        "version": "1",
        "description": (
            "Ask whether hashes and addresses are known. Nothing is ever fetched, and no picture is stored. Your key may stand in a header "
            "(Authorization: Bearer KEY, or Basic with the key as the password) or in the base URL (/k/KEY/api/v1/match)."
        ),
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {"Match": _MATCH},
    },
    "security": [{"key": []}],
    "paths": {
        "/api/v1/match": {
            "post": {
                "operationId": "match",
                "summary": "Up to 10,000 look-ups in one call",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "additionalProperties": False,
                                "properties": {
                                    "pdq": {**_HEX, "description": "64 hexadecimal digits each."},
                                    "quality": {
                                        "type": "array",
                                        "items": {"type": "integer", "minimum": 0, "maximum": 100},
                                        "description": "Of each value of pdq: below 50 it is not matched.",
                                    },
                                    "md5": _HEX,
                                    "video_md5": _HEX,
                                    "sha1": _HEX,
                                    "sha256": _HEX,
                                    "url": {**_HEX, "description": "Addresses. They are compared, and never opened."},
                                    "host": _HEX,
                                    "radius": {"type": "integer", "minimum": 0, "maximum": 63, "default": 31},
                                },
                            }
                        },
                        "application/octet-stream": {
                            "schema": {"type": "string", "format": "binary", "description": "PDQ hashes of 32 bytes, one after the other."}
                        },
                    },
                },
                "responses": {
                    "200": {
                        "description": "What matches. Values that match nothing are not named.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["looked_up", "matches"],
                                    "properties": {
                                        "looked_up": {"type": "integer"},
                                        "matches": {"type": "array", "items": {"$ref": "#/components/schemas/Match"}},
                                        "not_matched": {
                                            "type": "array",
                                            "items": {"type": "integer"},
                                            "description": "Positions in pdq that no machine matches: flat pictures, quality below 50.",
                                        },
                                    },
                                }
                            }
                        },
                    },
                    **_REFUSED,
                },
            }
        },
        "/api/v1/match/changes": {
            "get": {
                "operationId": "changes",
                "summary": "Matches that you were told of and that no longer stand",
                "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}}],
                "responses": {
                    "200": {
                        "description": "Ask again with `cursor`; at once while `more` is true.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["changes", "cursor", "more"],
                                    "properties": {
                                        "changes": {"type": "array", "items": {"type": "object"}},
                                        "cursor": {"type": "integer"},
                                        "more": {"type": "boolean"},
                                    },
                                }
                            }
                        },
                    },
                    **_REFUSED,
                },
            }
        },
    },
}
