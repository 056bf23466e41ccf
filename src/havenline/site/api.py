"""The API, assembled from the rooms' routers."""

from ninja import NinjaAPI

from havenline.journey.intake.api import router as reports

api = NinjaAPI(title="Havenline", version="1", docs_url=None, openapi_url="openapi.json", urls_namespace="api")
api.add_router("/reports", reports)
