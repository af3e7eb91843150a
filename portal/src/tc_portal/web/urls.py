from django.http import HttpRequest, HttpResponse
from django.urls import path


def incidents(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("incidents", incidents, name="incidents")]
