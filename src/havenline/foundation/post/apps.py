from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "havenline.foundation.post"
    label = "post"
