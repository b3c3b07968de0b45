"""The instructors' side of sheet 2; see docs/adding_a_sheet.md."""
