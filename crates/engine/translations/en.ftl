# Words of letters. Nothing sensitive goes in: a letter names a case by its reference and a stage by its title, nothing else.
# what: what happened. todo: what the reader can do. action: the label of the one link.

greeting = Dear { $name },
due = Please do this by { $due }.
stage-unnamed = the current stage
case-line = Case { $case }
link-help = If the link does not open, copy this address into your browser:
closing = Kind regards,
automatic = This letter was sent automatically; nobody reads answers to it. The link opens a page and decides nothing by itself.

case-opened =
    .subject = [{ $case }] A new case was opened with your hospital
    .what = A startup has opened a new case with your hospital.
    .todo = Open the case to see the application and take the next step.
    .action = Open the case

stage-opened =
    .subject = [{ $case }] Your move: { $stage }
    .what = The stage “{ $stage }” has begun, and it is your move.
    .todo = Open the case to see what is needed and to do it.
    .action = Open the case

stage-reminder =
    .subject = [{ $case }] Reminder: { $stage }
    .what = The stage “{ $stage }” still waits for you.
    .todo = Open the case and finish what is needed. If you have just done so, there is nothing left to do.
    .action = Open the case

stage-escalation =
    .subject = [{ $case }] Overdue: { $stage }
    .what = The stage “{ $stage }” is past its due day and nobody has finished it.
    .todo = Open the case to see whose move it is, and help it along or hand it to someone else.
    .action = Open the case

sent-back =
    .subject = [{ $case }] Changes are requested: { $stage }
    .what = What you handed in for the stage “{ $stage }” came back with requests for changes. Your work is kept.
    .todo = Open the case to read the requests, make the changes and hand it in again.
    .action = Read the requests

stage-decided =
    .subject = [{ $case }] Decided: { $stage }
    .what = A decision was made at the stage “{ $stage }”.
    .todo = Open the case to read the decision and the next step.
    .action = Read the decision

case-paused =
    .subject = [{ $case }] The case is paused
    .what = The case was paused. Due days and reminders stand still until it goes on.
    .todo = You need not do anything. The reason is on the case page.
    .action = Open the case

case-resumed =
    .subject = [{ $case }] The case goes on
    .what = The paused case goes on. Due days were moved by the working days of the pause.
    .todo = Open the case to see the new due days and whose move it is.
    .action = Open the case

case-canceled =
    .subject = [{ $case }] The case was canceled
    .what = The case was canceled and no further step is open.
    .todo = Open the case to read the reason. Everything recorded so far stays readable.
    .action = Open the case

award-granted =
    .subject = [{ $case }] An award was granted
    .what = An award was granted to the case.
    .todo = Open the case to see the award and what follows from it.
    .action = See the award

case-completed =
    .subject = [{ $case }] The case is complete
    .what = Every stage of the case is finished. Thank you for your part in it.
    .todo = Open the case to read the results and the whole record.
    .action = Open the case

match-invitation =
    .subject = [{ $case }] You are asked to take part in the validation of a medical device
    .what = The hospital proposes you as a clinical expert for the validation of a medical device.
    .todo = The page behind the link shows what is asked of you and any conflict of interest to consider. You can accept or decline there; you need no account.
    .action = See the request and answer

feedback-invitation =
    .subject = [{ $case }] Your clinical opinion on a medical device
    .what = You are invited to give your clinical opinion in a feedback round on a medical device.
    .todo = The link is yours alone and opens the questions; you need no account. Please do not forward this letter.
    .action = Open the questions

feedback-reminder =
    .subject = [{ $case }] Reminder: your clinical opinion is still welcome
    .what = A feedback round on a medical device still waits for your answer.
    .todo = The link is yours alone and opens the questions; you need no account. There will be no more reminders once you have answered.
    .action = Open the questions

consultation-opened =
    .subject = [{ $case }] A consultation has begun
    .what = You are engaged as a consultant on the case.
    .todo = Open the case to see what you are asked and what you may read.
    .action = Open the consultation

note-added =
    .subject = [{ $case }] There is a new note for you
    .what = A note that you may read was added to the consultation.
    .todo = Sign in to read it; its text is never sent by mail.
    .action = Read the note

mentioned =
    .subject = [{ $case }] You are mentioned in a note
    .what = Somebody mentioned you in a note of the consultation.
    .todo = Sign in to read it; its text is never sent by mail.
    .action = Read the note

question-asked =
    .subject = [{ $case }] A question waits for your answer
    .what = Somebody asked you a question in the consultation.
    .todo = Sign in to read and answer it; its text is never sent by mail.
    .action = Read the question

question-answered =
    .subject = [{ $case }] Your question was answered
    .what = A question that you asked in the consultation has an answer.
    .todo = Sign in to read it; its text is never sent by mail.
    .action = Read the answer

sign-in-link =
    .subject = Your link to sign in to Naru
    .what = Somebody asked on the sign-in page for a link to your account.
    .todo = Open the link and press “Sign in”. It works once, for 15 minutes from when it was asked for. If it was not you, you need not do anything: without the link nobody gets in.
    .action = Sign in
