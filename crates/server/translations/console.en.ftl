# Words of the console. Whole sentences, never glued.

as-of = As of { $moment }, Korea time
due-today = today
due-before-work = before the next working day
due-left =
    { $days ->
        [one] 1 working day left
       *[other] { $days } working days left
    }
due-late =
    { $days ->
        [one] 1 working day late
       *[other] { $days } working days late
    }
why-summary = Why { $day }
why-counted = Counted from { $from }: { $count }.
why-moved = Counted from { $from }. The case was paused meanwhile, and the day moved by the working days that were lost.

nav =
    .label = Main
    .inbox = Inbox
    .cases = Cases
    .devices = Devices
    .advice = Engagements
    .figures = Figures
    .people = People
    .operations = Operations
    .find = Find a case
    .find-what = Case number or title
    .settings = your settings
    .menu = Menu
    .sign-out = Sign out
theme =
    .label = Theme
    .system = System
    .light = Light
    .dark = Dark
role =
    .startup-admin = Company administrator
    .startup-member = Company member
    .coordinator = Coordinator
    .principal-investigator = Principal investigator
    .usability-manager = Usability centre
    .clinician = Clinician
    .award-committee = Award committee
    .director = Director
    .consultancy-admin = Consultancy administrator
    .consultant = Consultant
    .auditor = Auditor
    .operator = Operator
done =
    .retried = It is tried again now; if it fails, it comes back here.
    .account-opened = The account is open.
    .member-added = The role is given.
    .member-removed = The role is taken away.
    .token-revoked = The token is revoked.
    .round-invited = The invitations are on their way.
    .round-reminded = The reminder is on its way.
    .round-revoked = The invitation has been taken back.
    .round-closed = The round is closed; its conclusion goes to the case.
    .task-added = The task is added.
    .session-recorded = The session is entered.
    .session-corrected = The entry is corrected; the earlier one stays in the record.
    .session-removed = The participant no longer counts.
    .study-closed = The study is closed; its conclusion goes to the case.
    .noted = The note is left.
    .asked = The question is on its way.
    .answered = Your answer is on its way.
    .taken-back = The question has been taken back.
    .advised = The consultation is closed; the case goes on.
    .opened = The case is open. Its first stage is below.
    .completed = The case is completed.
    .paused = The case is paused; every clock stands still.
    .resumed = The case goes on; due days have moved.
    .canceled = The case is canceled.
    .draft-saved = The draft is kept.
    .submitted = Handed in. It is now the next one’s move.
    .claimed = You work on this now.
    .approved = Your approval is recorded.
    .sent-back = Sent back with your requests.
    .not-approved = Your decision is recorded.
    .recused = You have stepped back; the seat is free.
    .invited = The invitation is on its way.
    .withdrawn = The invitation has been taken back.
    .matched = The matching is closed.
    .engaged = The consultancy is engaged.
    .granted = The award is granted.
    .prepared = The document is laid out for signing.
    .signed = Your signature is recorded.
    .registered = The device is registered. Add its first document, or open a case.
    .revised = The dossier is changed.
    .attached = The file is in the dossier.
    .retired = The document is out of use; its versions stay readable.
    .reassigned = Handed over to your colleague.
    .recalled = Taken back. You can change it and hand it in again.
    .session-ended = That session has ended.
    .sessions-ended = Every other session has ended.
    .password-set = The password is set. Every other session has ended.
    .passkey-added = A passkey was added.
    .passkey-removed = The passkey was removed.

stop-home = Go to the inbox
stop-not-found =
    .title = Not here
    .what = There is no such page or case, or it is not for you.
    .todo = Check the address, or ask the person who sent it to you.
stop-foreign =
    .title = Nothing was done
    .what = This form did not come from a page of your session. The page may have been open since an earlier sign-in.
    .todo = Go back, load the page again and send the form once more.
stop-too-large =
    .title = Too large
    .what = The form was larger than forms may be. Nothing was done.
    .todo = Go back and shorten the text.
stop-fault =
    .title = Something failed on our side
    .what = Nothing was changed, or the change is kept and only the page is missing.
    .todo = Please load the page again in a few minutes. If it still fails, tell the operator.

sign-in =
    .title = Sign in
    .lede = Naru takes medical devices from a prototype to a validated, cleared and reimbursed product.
    .failed = You are not signed in
    .examples = Look around as one of these people
    .examples-note = This is a playground with made-up people. Choose one: no password is asked for.
    .or = Or with an account
    .email = E-mail address
    .password = Password
    .send = Sign in
    .passkey = Sign in with a passkey
    .send-link = Send me a link instead
    .link-note = No password, or forgotten? A link to your address lets you in once, and you can set a new password then.
    .guests = Were you invited to give feedback or to take part? You need no account: use the link in the letter.
sign-in-wrong = The address or the password is not right.
sign-in-wait =
    { $minutes ->
        [one] Too many wrong tries. Please try again in a minute.
       *[other] Too many wrong tries. Please try again in { $minutes } minutes.
    }

sign-in-link-address = Please enter the e-mail address of your account.
sign-in-link-wait =
    { $minutes ->
        [one] Several links were asked for. Please look at your mail, or try again in a minute.
       *[other] Several links were asked for. Please look at your mail, or try again in { $minutes } minutes.
    }
sign-in-passkey-none = No passkey was used. Choose one again, or sign in with your password or a link.
sign-in-passkey-wrong = This passkey does not open an account here. It may have been removed; sign in in another way and add it again in your settings.
passkeys =
    .title = Passkeys
    .note = A passkey lets you in with your fingerprint, your face or your device's PIN, without a password. It stays on your device and works only here.
    .added = added
    .used = last used
    .remove = Remove
    .label = Name of the passkey
    .label-hint = So that you know it again, for example Work laptop.
    .add = Add a passkey
    .no-label = Please give the passkey a name.
    .too-many = You have as many passkeys as there can be. Remove one that you no longer use.
    .known = This passkey is in use already.
    .failed = No passkey was added. Please try again, and confirm on your device within five minutes.
    .no-script = This browser cannot make passkeys, or scripts are switched off. Your password and links by mail work as ever.
    .not-here = Passkeys work only where Naru is reached by a name over HTTPS.
letter-sent =
    .title = Look at your mail
    .what = If this address has an account, a letter with a link is on its way.
    .todo = Open the link on this device within 15 minutes. It works once.
    .none = No letter? Look among unwanted mail, check the address and ask once more, or ask your administrator.
letter-open =
    .title = Sign in
    .forgot = Sign in and set a new password
letter-open-what = This link lets you in once as { $name }.
letter-spent =
    .title = This link was used
    .what = Each link lets you in once, and this one has done so.
    .todo = Ask for a new link on the sign-in page. If it was not you who used it, set a new password then and end your other sessions in the settings.
letter-expired =
    .title = This link has expired
    .what = A link works for 15 minutes from when it was asked for.
    .todo = Ask for a new one on the sign-in page.
letter-unknown =
    .title = This link opens nothing
    .what = It is not one of ours, or it is from long ago, or a part of the address was cut off.
    .todo = Copy the whole address from the letter, or ask for a new link on the sign-in page.
letter-back = To the sign-in page

settings =
    .title = Your settings
    .sessions = Where you are signed in
    .sessions-note = A session ends by itself after 12 hours without use, and after 7 days in any case.
    .browser-unknown = A browser
    .here = this one
    .opened = signed in
    .seen = last used
    .end = End
    .end-others = End every other session
    .password = Password
    .password-none = You have no password yet.
    .password-since = Set on { $day }.
    .password-current = Present password
    .password-new = New password
    .password-hint = At least { $characters } characters. A sentence is easy to remember and hard to guess.
    .password-set = Set the password
    .password-wrong = This is not your present password.
    .password-by-link = You came in by a link, so your present password is not asked for during the first 30 minutes.
    .password-wait = Too many wrong tries. Please try again in a few minutes.
    .password-short = Please use at least { $characters } characters.
    .password-long = Please use a shorter password.

next-page = Next page
no-date = No date
no-date-why = The pathway sets no date for this stage.
you-are-here = You are here
round = round { $round }
until = by { $day }
whose =
    .you = Your move
status =
    .running = On its way
    .paused = Paused
    .completed = Completed
    .rejected = Not approved
    .canceled = Canceled
status-since =
    .running = On its way since { $day }
    .paused = Paused since { $day }
    .completed = Completed on { $day }
    .rejected = Not approved on { $day }
    .canceled = Canceled on { $day }
state =
    .idle = Not started
outcome =
    .submitted = Handed in
    .approved = Approved
    .rejected = Not approved
    .matched = Matched
    .reported = Reported
    .granted = Granted
    .signed = Signed
    .skipped = Passed by
channel =
    .api = API
    .console = Console
    .mail-link = Link in a letter
    .command-line = Command line
    .engine = By itself
taking-part =
    .principal-investigator = Principal investigator
    .clinician = Clinician
act =
    .answer = Answer
    .form = Fill in
    .approval = Decide
    .matching = Find people
    .usability-study = Enter results
    .feedback-round = See the round
    .consultation = Advise
    .award = Grant
    .agreement = Sign
    .look = Look

inbox =
    .title = Inbox
    .first = First:
    .mine = Your tasks
    .others = Others’ move
    .claimed = you work on it
    .aside = Calendar
    .holidays = Days off ahead
    .no-holidays = No holiday in the next three months.
    .holidays-note = These days are not counted when a due day is computed, and no reminder goes out on them.
    .empty-title = Nothing waits for you
    .empty-all = As soon as something is your move, it stands here and you get a letter.
    .to-cases = Look at the cases
inbox-questions =
    { $count ->
        [one] One question is for you to answer
       *[other] { $count } questions are for you to answer
    }
inbox-empty =
    { $count ->
        [one] One thing waits for others; it stands below.
       *[other] Others are at work: the { $count } most urgent things stand below.
    }
inbox-counts =
    { $all ->
        [0] Nothing is your move
        [one] One thing is your move: { $late } late, { $today } due today
       *[other] { $all } things are your move: { $late } late, { $today } due today
    }
inbox-counts-more = More than { $all } things are your move; of these { $late } are late and { $today } due today
inbox-late =
    { $count ->
        [one] Late: 1
       *[other] Late: { $count }
    }
inbox-today = Due today: { $count }
inbox-later = Later: { $count }
inbox-undated = Without a date: { $count }

view =
    .running = On their way
    .late = Late
    .paused = Paused
    .over = Ended
    .all = All
cases =
    .title = Cases
    .open = Open a case
    .views = Views
    .search = Title or number
    .layout = Layout
    .as-list = List
    .as-board = Board
    .kept = Your views
    .narrow = Narrow, and choose columns
    .narrowed = Narrowed by
    .remove = take this away
    .any = Any
    .party = Other side
    .party-unknown = Other side
    .columns = Columns
    .show = Show
    .other-boards = Other pathways
    .none-fits = No case fits all of this. Take something away above.
    .keep-view = Keep this view
    .forget-view = Forget this view
    .view-name = Name of this view
    .caption = Cases, newest first
    .case = Case
    .stage = Stage
    .whose = Whose move
    .days = Days at stage
    .due = Next date
    .opened = Opened
    .empty-title = No case here
    .note = Days are working days. This view has an address that you can send.
cases-empty =
    .running = No case of yours is on its way.
    .late = Nothing is late.
    .paused = No case is paused.
    .over = No case has ended yet.
    .all = There is no case yet that you may see.
cases-none-found = No case has “{ $q }” in its title. A number such as N-7K3F-9Q2M opens the case itself.

map-label =
    { $count ->
        [one] Pathway map: one stage
       *[other] Pathway map: { $count } stages
    }
case-pathway = { $title }, { $count } stages
case-open-for =
    { $days ->
        [0] Opened today
        [one] Open for one working day
       *[other] Open for { $days } working days
    }
case =
    .next = Next action
    .map = Where the case stands
    .stages = Stages of this pathway
    .dates = Dates
    .what = What
    .when = When
    .how = How we know
    .trail = Trail
    .aside = About this case
    .people = People
    .people-note = Whoever has acted on this case, and who agreed to take part. Square portraits are people from outside your organization.
    .documents = Documents
    .no-documents = The dossier has no document yet.
    .to-device = Open the dossier
    .facts = Facts
move-mine = It has been your move since { $day }.
move-theirs = { $role } has had the move since { $day }.
trail-rest = Whole trail, { $count } entries
person-you = { $name } (you)
facts =
    .case = Case
    .opened = { $reference }, opened { $day }
    .programme = Programme
    .pathway = Pathway
    .version = Version { $version }, pinned when the case was opened
    .consultancies = Consultancies

devices =
    .title = Devices
    .none = No device yet
    .none-note = A device is the root of everything: its dossier holds the documents that cases cite.
    .no-case = No case has been opened for this device.
    .about = About this device
    .dossier = Dossier
    .model = Model
market =
    .kr = Korea
    .us = United States
    .eu = European Union
    .uk = United Kingdom
device-class = Class { $class }

stage =
    .unsent = What you had written
    .unsent-note = It was not sent. Copy what you still need.
    .errors = This could not be done
    .ahead = Not yet
    .ahead-note = This stage opens when the stages before it are over.
    .passed = Passed by
    .passed-note = This stage does not apply to the case.
    .to-case = Back to the case
claim =
    .mine = You work on this.
    .take = I work on this
    .take-note = Your colleagues then see that you do.
    .take-over = I take it over
claim-other = { $name } works on this.
form =
    .country = The country’s two letters, such as JP or US
    .kept-the-rest = Everything else is kept as a draft.
    .yes = Yes
    .no = No
    .nothing = No answer
    .answers = Answers
    .requests = What was asked for when it was sent back
    .note = A draft is kept only when you press “Keep as a draft”. Files are chosen from the dossier or added here.
    .to-device = Open the dossier
    .upload = Or add a file: a new document, or the next version of the one that is chosen
    .choose = Choose
    .submit = Hand in
    .draft = Keep as a draft
    .conditional = (where your other answers call for it)
    .not-yet = Not handed in yet
form-before = Handed in before: { $answer }
approval =
    .go = Go to the decision
    .not-yet = Not yet
    .pin = Pin a request
    .pin-what = Your request on this field; it is sent when you send back
    .aside = Decision
    .seats = Seats
    .recused = stepped back
    .four-eyes = Whoever handed in what is decided here cannot take a seat, and one person takes one seat.
    .decision = Your decision
    .choose = Choose one
    .approve = Approve
    .approve-last = Yours is the last approval needed: the case goes on.
    .approve-note = The other seats are still needed.
    .send-back = Send back
    .send-back-note = The form opens again with everything that was written.
    .reject = Do not approve
    .reject-note = Enough of these end the case.
    .recuse = Step back
    .recuse-note = The seat is free for somebody else.
    .none = Choose one. Nothing is recorded until you press the button.
    .comment = Remark
    .returns-to = Goes back to
    .request = What is asked for
    .request-hint = At least one request, here or pinned to a field.
    .reason = Why, on the record
    .recusal = Why you step back, on the record
    .send = Record my decision
approval-needed = { $given } of { $needed } needed
approval-submitted = Round { $round }, handed in by { $by } on { $day }
matching-wanted = { $role }: { $accepted } of { $wanted }
matching =
    .candidates = People asked
    .nobody = Nobody has been asked yet.
    .conflict = Conflict of interest
    .conflict-hint = What is known is on the record before anybody is asked.
    .no-conflict = Looked for, none known
    .has-conflict = There is one
    .what = What it is
    .handling = How it is handled
    .withdraw = Take back
    .withdraw-why = Why, on the record
    .invite = Ask somebody
    .as = As
    .name = Name
    .department = Department
    .language = Language of the letter
    .send = Send the invitation
    .send-note = A letter with a link goes out; no account is needed.
    .aside = Who is wanted
    .wanted = Who is wanted
    .confirm = Close the matching
    .confirm-note = Those who accepted take part; the case goes on.
candidate =
    .invited = Asked, until { $day }
    .accepted = Accepted
    .declined = Declined
    .lapsed = No answer by { $day }
    .withdrawn = Taken back
award-bounds = From { $min } to { $max }.
award-granted = Granted by { $by } on { $day }
award-milestones =
    { $count ->
        [0] Milestones may be left out.
        [one] At least one milestone.
       *[other] At least { $count } milestones.
    } Give the tranche of each one or of none.
award =
    .title = Award
    .amount = Amount in won
    .milestones = Milestones
    .what = What must be reached
    .by = By
    .tranche = Tranche
    .report = Report due on
    .grant = Grant the award
    .not-yet = Not granted yet
agreement-signed = { $name }, { $moment }
agreement =
    .not-yet = Not yet
    .paper = What is signed
    .no-paper = No document has been laid out yet.
    .you-sign = Your signature means:
    .printed-name = Your name, as it is printed with the signature
    .printed-hint = Read the document before you sign. The signature is bound to the content above.
    .sign = Sign
    .prepare = Lay a document out
    .document = Document of the dossier
    .prepare-hint = Its newest version is laid out. Signatures on an earlier one are void.
    .lay-out = Lay out
    .signers = Signers, in order
other-engaged = { $consultancy } is engaged.
other =
    .running = This is under way. As soon as it closes, its conclusion stands here and the case goes on.
    .closed = This has been closed.
    .not-engaged = No consultancy is engaged yet.
    .asks = What the recommendation must answer
    .conclusion = Conclusion
    .consultancy = Consultancy
    .engage = Engage
    .api = Results, answers and notes are kept through the API, under

open-working-days =
    { $days ->
        [one] 1 working day
       *[other] { $days } working days
    }
open-calendar-days =
    { $days ->
        [one] 1 day
       *[other] { $days } days
    }
open-preview = See the { $count } stages
open =
    .title = Open a case
    .lede = A case takes one device along one pathway. What you choose here is pinned; the pathway’s later versions do not change it.
    .device = Device
    .hospital = Hospital that runs the pathway
    .pathway = Pathway
    .pathway-hint = Look at the stages before you choose.
    .look = The pathway with its map and days
    .time = Time
    .name = Title of the case
    .name-hint = As it stands in lists, for example what is to be shown.
    .send = Open the case
turn =
    .title = The case as a whole
    .complete = Complete the case
    .pause = Pause
    .resume = Go on
    .cancel = Cancel the case
    .summary = What came of it
    .reason = Why, on the record
turn-note =
    .complete = The case ends with its result. Every stage must be over.
    .pause = Every clock stands still until the case goes on.
    .resume = Due days move by the working days that were lost.
    .cancel = The case ends without a result. This cannot be undone.

# Devices and their documents.

dossier =
    .new = Register a device
    .edit = Change the dossier
    .change = Change
    .lede = What you say here stands in the dossier and can be changed later with a reason; what it was before stays on the record.
    .register = Register a device
    .revise = Keep the changes
    .back = Back to the device
dossier-class = Proposed class: { $market }
dossier-field =
    .owner = Company
    .name-ko = Korean name
    .name-en = English name
    .model = Model name
    .intended-use = Intended use
    .udi = UDI-DI (GTIN)
    .reason = Why it changes, on the record
dossier-hint =
    .name-en = A name in one language is enough.
    .intended-use = What it is meant to do, for whom and where.
    .udi = 14 digits, once the device has one.
    .reason = What it was before, and why it changed, stays on the record.
upload =
    .title = Add a document
    .file = File
    .hint = PDF, PNG, JPEG, Word, Excel, PowerPoint, ZIP, CSV, plain text or MP4, up to 512 MiB.
    .name = What it is called
    .name-hint = Left empty, the file’s own name is taken.
    .send = Add the file
    .next = Add a new version
    .retire = Take out of use
    .retire-note = It can no longer be chosen in forms. Its versions stay readable, and what cites them stays as it is.
    .none = Choose a file first.
upload-mismatch = The content is not what the file’s name says ({ $kind }). Choose the right file, or give it the ending of its true type.
upload-retired =
    { $count ->
        [one] Out of use: 1 document
       *[other] Out of use: { $count } documents
    }
upload-retired-why = out of use since { $day } ({ $by }): { $reason }

# Who works on a stage.

hand =
    .title = Hand to a colleague
    .to = To
    .send = Hand over
    .note = Your colleague sees it as theirs, and the reason stands in the trail.
    .recall = Take it back
    .recall-note = Nobody has acted on it yet, so you can still change what you handed in.

# A pathway before a case is opened.

pathway =
    .open = Open a case on this pathway
    .map = The way of a case
    .kind = What happens
    .by = If opened today
    .conditional = only where the answers call for it
    .note = The days are the latest ones: every stage takes its whole time, nothing is sent back and nothing is passed by. Stages without a date are not counted.
    .facts = What the programme says
pathway-version = Version { $version }
pathway-lasting =
    { $days ->
        [one] At most 1 working day for the dated stages, until { $day }
       *[other] At most { $days } working days for the dated stages, until { $day }
    }
kind =
    .form = Form
    .approval = Approval
    .matching = Matching of people
    .usability-study = Usability study
    .feedback-round = Feedback round
    .consultation = Consultation
    .award = Award
    .agreement = Agreement

# Lists of cases: narrowing, boards, kept views, and several cases at once.

column =
    .stage = Stage
    .whose = Whose move
    .days = Days at stage
    .due = Next date
    .pathway = Pathway
    .opened = Opened
board-count =
    { $count ->
        [0] none
        [one] 1 case
       *[other] { $count } cases
    }
bulk =
    .title = Several cases at once
    .choose = Choose
    .with-chosen = With the chosen cases:
    .first = First you see what would come of it for each.
    .claim = I work on these
    .reassign = Hand to a colleague
    .pause = Pause
    .resume = Go on
    .would = Would be done
    .is-done = Done
    .go = Do it
    .look = See what would come of it
    .back = Back to the cases
    .note = Nothing is done before you press the button. Each case is decided on its own; one that is refused does not hold up the others.
    .none = No case was chosen
    .none-note = Tick the cases in the list first.
bulk-would =
    { $all ->
        [one] { $good ->
            [0] It would be refused.
           *[other] It would be done.
        }
       *[other] { $good } of { $all } would be done; nothing is done yet.
    }
bulk-done = { $good } of { $all } done.

# Keys, and pages that change by themselves.

sending = Sending…
changed =
    .what = Something here has changed meanwhile. What you have typed is still on this page.
    .show = Show it as it is now
keys =
    .title = Keys
    .row = next, previous row
    .choose = choose the row
    .main = the main thing to do on the page
    .why = why this date
    .find = search
    .inbox = inbox
    .cases = cases
    .devices = devices
    .help = this list
    .note = Keys do nothing while you type in a field. Everything can be done without them.
    .on = Use these keys
    .close = Close
