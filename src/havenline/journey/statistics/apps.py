from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "havenline.journey.statistics"
    label = "statistics"
