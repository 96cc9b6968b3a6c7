# A pause stops what the case spawned and moves the due days; canceling takes it all back.
pathway yonsei-medtech-validation-support
2026-09-01 10:00 startup_member opens
2026-09-02 10:00 startup_member submits intake
2026-09-03 10:00 coordinator approves triage
2026-09-04 10:00 coordinator finds matching
2026-09-15 10:00 principal_investigator submits ethics: decision = approve
2026-09-16 10:00 coordinator engages regulatory
2026-09-18 10:00 startup_member pauses: we wait for a part
2026-09-18 10:05 coordinator pauses: the startup waits for a part
2026-09-21 10:00 usability_manager works usability
2026-09-29 10:00 coordinator resumes
2026-09-30 10:00 usability_manager works usability
2026-10-01 10:00 startup_member cancels: the device is withdrawn
2026-10-02 10:00 consultant works regulatory
2026-12-31 10:00 nobody acts
