app_name = "investigation"
urlpatterns: list = []
