# Triage asks twice for more; a recall in between changes nothing for the round.
pathway yonsei-medtech-validation-support
2026-03-03 10:00 startup_member opens
2026-03-04 10:00 startup_member claims intake
2026-03-04 10:05 startup_member submits intake: needs_reimbursement = false
2026-03-04 10:30 startup_member recalls intake
2026-03-04 11:00 startup_member submits intake: needs_reimbursement = false
2026-03-05 10:00 coordinator claims triage
2026-03-05 10:01 startup_member recalls intake
2026-03-05 10:30 coordinator returns triage to intake: shoe_size = How large
2026-03-05 10:31 coordinator returns triage to intake: summary = Say which patients
2026-03-06 10:00 startup_member submits intake: summary = For adults, needs_reimbursement = false
2026-03-09 10:00 coordinator-2 returns triage to intake: Still too short
2026-03-10 10:00 startup_member submits intake: summary = For adults with palpitations, needs_reimbursement = true
2026-03-11 10:00 coordinator approves triage
2026-03-12 10:00 coordinator finds matching
2026-03-20 10:00 principal_investigator submits ethics: decision = exempt
