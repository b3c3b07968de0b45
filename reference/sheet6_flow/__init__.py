"""The instructors' side of sheet 6; see docs/adding_a_sheet.md."""
