app_name = "safeguarding"
urlpatterns: list[object] = []
