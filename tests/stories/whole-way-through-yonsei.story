# A class-2 device goes the whole way, with every consultation, to commercialization.
pathway yonsei-medtech-validation-support
2026-03-03 10:00 startup_member opens
2026-03-04 10:00 startup_member submits intake: further_steps = efficacy trial commercial
2026-03-05 10:00 coordinator approves triage
2026-03-06 10:00 coordinator finds matching
2026-03-20 10:00 principal_investigator submits ethics: decision = approve
2026-03-23 10:00 startup_member engages regulatory
2026-03-23 10:10 coordinator engages reimbursement
2026-04-10 10:00 usability_manager works usability
2026-04-10 11:00 coordinator works feedback
2026-04-13 10:00 consultant works regulatory
2026-04-13 10:30 consultant works reimbursement
2026-04-14 10:00 principal_investigator submits efficacy
2026-04-15 10:00 coordinator submits report
2026-04-16 10:00 usability_manager approves report_approval
2026-04-17 10:00 startup_member submits award_application
2026-04-20 10:00 award_committee approves committee
2026-04-20 11:00 award_committee approves committee
2026-04-20 12:00 award_committee-2 approves committee
2026-04-21 10:00 award_committee grants award: 45000000
2026-04-21 10:02 coordinator grants award: 39999999
2026-04-21 10:05 coordinator grants award: 45000000
2026-04-22 10:00 coordinator submits overseas
2026-04-22 11:00 coordinator lays trial_agreement
2026-04-23 10:00 startup_admin signs trial_agreement
2026-04-24 10:00 director signs trial_agreement
2026-04-24 10:05 principal_investigator signs trial_agreement
2026-04-24 10:10 director signs trial_agreement
2026-04-27 10:00 coordinator completes: too early
2026-04-28 10:00 principal_investigator submits trial
2026-04-29 10:00 coordinator submits commercial
2026-04-30 10:00 coordinator completes: Validated and on the market
2026-12-31 10:00 nobody acts
