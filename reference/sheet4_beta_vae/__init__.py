"""The instructors' side of sheet 4; see docs/adding_a_sheet.md."""
