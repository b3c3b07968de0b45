"""The instructors' side of sheet 3; see docs/adding_a_sheet.md."""
