# Nobody acts for weeks around Chuseok 2026: reminders and escalations only in working time, the candidate lapses at midnight.
pathway yonsei-medtech-validation-support
2026-09-14 10:00 startup_member opens
2026-09-18 17:00 startup_member submits intake
2026-10-06 10:00 coordinator approves triage
2026-10-06 10:05 coordinator invites matching investigator pi@example.com
2026-10-06 10:06 coordinator invites matching investigator pi@example.com
2026-10-31 10:00 candidate accepts
2026-11-30 10:00 nobody acts
