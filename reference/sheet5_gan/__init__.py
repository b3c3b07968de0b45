"""The instructors' side of sheet 5; see docs/adding_a_sheet.md."""
