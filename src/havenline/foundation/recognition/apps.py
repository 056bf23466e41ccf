from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "havenline.foundation.recognition"
    label = "recognition"

    def ready(self) -> None:
        from havenline.foundation.lists.queries import tell_where_matched
        from havenline.foundation.recognition.queries import where_told

        tell_where_matched(where_told)
