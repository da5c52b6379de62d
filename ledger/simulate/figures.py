"""Published figures that the season is computed from, in whole numbers.

Grades are those of the sources: A for a paper or a law, B for a report in the press, C
for a lesser page, D for what follows from others by arithmetic, K for common knowledge
that nobody has checked. What a page shows is never one of these figures, only what a
(simulated) party signed.
"""

from typing import Final

from ledger.simulate.chance import Figure

# ------------------------------------------------------------------------ milk yield

DAILY_MILK: Final = Figure(2350, 430, 1300, 3500)
"""Grams a day at the peak, one Bactrian: Keping households 2.3 and 3.0 (B), Junggar
herds 2.04 (A); 0.5 to 4 is what one animal gives."""
LACTATION: Final = ((30, 780), (120, 1000), (240, 1000), (480, 550))
"""Thousandths of the peak by days in milk: it lasts from day 120 to 240 (A)."""
MORNING_SHARE: Final = Figure(545, 25, 480, 610)
"""Thousandths of the day's milk that come in the morning (K)."""
DAY_TO_DAY: Final = Figure(1000, 70, 800, 1200)
"""Thousandths; with what lies between animals, herds vary by 15 to 40 % a day (D)."""
KEPT_AT_HOME: Final = Figure(35, 12, 10, 80)
"""Thousandths: 80 to 100 % of what is milked is delivered (D)."""
AFTER_RAIN: Final = 850
"""Thousandths of the usual yield after a rainstorm, in which nobody milks (B)."""

# ----------------------------------------------------------------------- composition

# Hundredths of a percent: means and spreads of 18,372 tests of Junggar milk (A); of
# single animals here, of which a part belongs to the animal and a part to the day.
FAT_OF_ANIMAL: Final = Figure(577, 62, 430, 720)
PROTEIN_OF_ANIMAL: Final = Figure(375, 22, 332, 420)
FAT_OF_DAY: Final = Figure(0, 22, -60, 60)
PROTEIN_OF_DAY: Final = Figure(0, 7, -20, 20)
LACTOSE: Final = Figure(488, 14, 440, 530)
ASH: Final = Figure(91, 2, 86, 96)
DENSITY: Final = Figure(10320, 6, 10300, 10340)
"""Ten-thousandths of a gram per millilitre at 20 °C (A)."""
ACIDITY: Final = Figure(202, 5, 188, 217)
"""Tenths of a degree Thörner (A)."""
FREEZING_POINT: Final = Figure(-607, 9, -639, -575)
"""Thousandths of a degree Celsius (A), less spread because cans hold many animals'."""
BACTERIA: Final = Figure(48_000, 12_000, 15_000, 90_000)
"""Colony-forming units per millilitre; 24,000 where machines are clean (A)."""
SOUR: Final = 264
"""Acidity of a can that was not cooled: beyond 16 to 24 (K)."""

# ------------------------------------------------------------------------ cold chain

MINUTES_TO_COLD: Final = Figure(72, 12, 40, 110)
"""The law gives two hours to 0 to 4 °C (A)."""
COLD: Final = Figure(34, 3, 26, 40)
"""Tenths of a degree Celsius."""
WARM: Final = Figure(345, 6, 325, 360)
"""Tenths of a degree Celsius, as it comes from the udder (K)."""

# ---------------------------------------------------------------------------- losses

# Thousandths that stay in cans, hoses and tanks. A plant receives 985 to 1003 of 1000
# that were loaded (K).
LEFT_IN_CANS: Final = Figure(2, 1, 1, 4)
LEFT_IN_TANK: Final = Figure(1, 1, 1, 3)
LEFT_IN_TANKER: Final = Figure(4, 1, 1, 8)
CLARIFIED: Final = Figure(5, 1, 2, 8)
SOLIDS_LOST_IN_DRYER: Final = Figure(26, 5, 12, 42)
"""With it 5.8 to 7.5 kg of milk make a kilogram of powder (D)."""
SPILLED_IN_PACKING: Final = Figure(3, 1, 1, 5)

# --------------------------------------------------------------------------- process

HEATED: Final = Figure(731, 5, 720, 745)
"""Tenths of a degree Celsius; 72 °C for 15 seconds pasteurises (C)."""
HELD_SECONDS: Final = Figure(16, 1, 15, 18)
DRYER_INLET: Final = Figure(1720, 25, 1650, 1790)
"""Tenths of a degree Celsius: 160 to 180 (C)."""
DRYER_OUTLET: Final = Figure(805, 8, 780, 825)
MOISTURE: Final = Figure(195, 20, 140, 240)
"""Hundredths of a percent of the powder: 1.0 to 2.4 (A)."""

# ---------------------------------------------------------------------------- growth

BIRTH_WEIGHT: Final = Figure(360, 28, 285, 445)
"""Tenths of a kilogram: about 36, and 28 to 45 (A)."""
CALF_GAIN: Final = (560, 650, 780, 700, 620, 530, 440, 260, 130, 20, -90, -60, 60, 120)
"""Grams a day in each month of 30 days: best in the third, none in the tenth (A)."""
CALF_VIGOUR: Final = Figure(1000, 80, 800, 1150)
ADULT_WEIGHT: Final = Figure(5400, 420, 4300, 6700)
"""Tenths of a kilogram: 400 to 725 (B)."""

# ------------------------------------------------------------------------- distances

# Kilometres from Keping along the great circle, computed from coordinates (D).
TO_AKSU: Final = 126
TO_URUMQI: Final = 796
TO_HUZHOU: Final = 3820
TO_HANGZHOU: Final = 3858
