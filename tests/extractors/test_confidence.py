"""From what a family believes to a probability."""

from __future__ import annotations

import pytest

from evaluation.calibrate import calibration_error, fit
from extractors.confidence import calibrated, logit, table
from signals import KINDS, Milestone, MilestoneKind


def milestone(confidence: float) -> Milestone:
    return Milestone(kind=MilestoneKind.DEAL_PAUSED, confidence=confidence)


def test_every_type_has_a_curve_that_rises() -> None:
    assert set(table()) == set(KINDS)
    assert all(slope > 0 for _, slope in table().values())


def test_the_surer_the_family_the_surer_the_signal() -> None:
    low, middle, high = (calibrated(milestone(first)).confidence for first in (0.05, 0.5, 0.95))
    assert 0 < low < middle < high < 1


def test_nothing_but_the_confidence_changes() -> None:
    signal = milestone(0.4)
    assert calibrated(signal).kind is signal.kind
    assert calibrated(signal).found_by == signal.found_by


def test_certainty_is_kept_off_the_ends() -> None:
    assert logit(0.0) == logit(0.02)
    assert logit(1.0) == logit(0.98) == pytest.approx(-logit(0.02))


def test_the_fit_finds_the_curve_that_made_the_points() -> None:
    points = [(n, "budget", first, n % 100 < share) for first, share in ((0.2, 40), (0.8, 60)) for n in range(100)]
    intercept, slope = fit(points, pull=0.001)
    assert intercept == pytest.approx(0.0, abs=0.02)
    assert slope == pytest.approx(logit(0.6) / logit(0.8), abs=0.02)


def test_the_error_is_the_gap_between_said_and_seen() -> None:
    assert calibration_error([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0.0)
    assert calibration_error([(0.9, True)] * 5 + [(0.9, False)] * 5) == pytest.approx(0.4)
