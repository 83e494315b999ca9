"""What Gradescope tells an autograder of a submission, by its documentation."""

METADATA = {
    "id": 123456,
    "created_at": "2026-11-20T14:22:32.365935-07:00",
    "assignment": {
        "due_date": "2026-11-31T23:00:00.000000-07:00",
        "group_size": None,
        "id": 25828,
        "course_id": 1234,
        "title": "Logistic regression",
        "total_points": "100.0",
    },
    "submission_method": "upload",
    "users": [
        {"email": "ada@example.com", "id": 1234, "name": "Ada Lovelace"},
        {"email": "emil@example.com", "id": 1235, "name": ""},
    ],
    "previous_submissions": [],
}
