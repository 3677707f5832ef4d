"""`telltale doctor`: what stands in the way of the service, each with its mend. Nothing is changed."""

from service.doctor.examine import examine
from service.doctor.finding import Finding, Grade

__all__ = ["Finding", "Grade", "examine"]
