from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "havenline.foundation.recognition"
    label = "recognition"
