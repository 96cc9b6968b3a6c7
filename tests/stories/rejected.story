# A triage that says no ends the case; nothing more goes out.
pathway yonsei-medtech-validation-support
2026-03-03 10:00 startup_member opens
2026-03-04 10:00 startup_member submits intake
2026-03-05 10:00 startup_member approves triage
2026-03-05 10:05 coordinator rejects triage: Not a medical device
2026-03-05 10:10 coordinator-2 approves triage
2026-03-06 10:00 startup_member submits intake
2026-03-06 10:05 coordinator cancels: again
2026-12-31 10:00 nobody acts
