# Words of the pages for consultations, studies, feedback rounds and for those who run the installation. Whole sentences, never glued.

work-ended = How it ended
audience =
    .own = Only our own people
    .all = Everybody on this engagement
    .nobody = Nobody sees this.
audience-with = We and { $name }
audience-part =
    { $count ->
        [one] 1 person of { $name }
       *[other] { $count } people of { $name }
    }
audience-part-own =
    { $count ->
        [one] 1 of your own ({ $names })
       *[other] { $count } of your own ({ $names })
    }
audience-one = Seen by { $a }.
audience-two = Seen by { $a } and { $b }.
audience-three = Seen by { $a }, { $b } and { $c }.
audience-not-one = Not by { $a }, who do not learn that it is there.
audience-not-two = Not by { $a } or { $b }, who do not learn that it is there.

engagements-counts =
    { $all ->
        [one] One engagement, { $mine } your move
       *[other] { $all } engagements, { $mine } your move
    }
engagements-mine = Your move: { $count }
engagements-waiting = Others’ move: { $count }
engagements-paused = Paused: { $count }
engagements-closed = Closed: { $count }
engagements-withdrawn = Withdrawn: { $count }
advice =
    .unanswered = Not answered
    .engagements = Engagements
    .view-open = Open
    .none = No engagement here
    .none-note = When a hospital engages your consultancy for a stage of a case, it stands here and you get a letter.
    .walls = Companies do not see one another. Each engagement shows its own case only, and what you write there stays there.
    .open = Under way
    .closed = Closed
    .withdrawn = Withdrawn
    .to-close = Recommendation to give
    .to-close-note = No question waits. Once everything asked for is answered, close with a recommendation.
    .close-go = Write the recommendation
    .reply = Answer
    .answered = Answered
    .taken-back = Taken back
    .questions = Questions
    .no-question = Nobody has asked anything yet.
    .over = Questions that are over
    .answer = Your answer
    .answer-send = Send the answer
    .take-back = Take the question back
    .back-why = Why, on the record
    .ask = Ask a question
    .question = Question
    .whom = Whom to ask
    .by-when = Answer wanted by (may be left empty)
    .ask-send = Send the question
    .mail-note = The letter says only that there is a question, not what it is.
    .notes = Notes
    .no-note = There is no note that you can see.
    .note-leave = Leave a note
    .note = Note
    .who-sees = Who sees it
    .mention = Mention (may be left empty)
    .mention-note = Each gets a letter of their own. It says that they are mentioned, not what the note says.
    .mentions = Mentions
    .note-send = Leave the note
    .close = Close with a recommendation
    .close-note = The recommendation ends the consultation and goes to the case. It cannot be changed afterwards.
    .recommendation = Recommendation
    .close-send = Close the consultation
    .since = Opened
    .round = Round
    .case = Case
advice-to-answer =
    { $count ->
        [one] 1 question to answer
       *[other] { $count } questions to answer
    }
advice-asked = { $name } is asked
advice-waits-for = A question waits for { $name }. If you close before, it stays without an answer.
advice-first = First: “{ $text }”
advice-theirs = { $name } advises and closes with a recommendation.
advice-closed-by = Closed by { $name } on { $day }
advice-answered-by = Answer by { $name }, { $day }
advice-taken-back = Taken back on { $day }
advice-between = { $from } asks { $to }
advice-wall = Everything here belongs to { $startup }. No other company learns of it.
work-page =
    .consultations = Go to the consultation
    .studies = Go to the study
    .feedback-rounds = Go to the round

study-status =
    .planned = Planned
    .recording = Sessions under way
    .suspended = Paused
    .closed = Closed
    .withdrawn = Withdrawn
observed =
    .success = Success
    .difficulty = Success with difficulty
    .close-call = Close call
    .use-error = Use error
    .not-attempted = Not attempted
    .artefact = Spoiled by the test
cause =
    .interface = User interface
    .user = User
    .environment = Surroundings
    .test = The test itself
sus-adjective =
    .worst = worst imaginable
    .awful = awful
    .poor = poor
    .ok = OK
    .good = good
    .excellent = excellent
    .best = best imaginable
sus-accept =
    .no = not acceptable
    .marginal = marginal
    .yes = acceptable
study-planned =
    { $groups ->
        [one] one user group, { $each } participants
       *[other] { $groups } user groups, { $each } participants each
    }
study-group = { $group }: { $found } of { $planned }
study-missing =
    { $count ->
        [one] One session is still to be entered
       *[other] { $count } sessions are still to be entered
    }
study-causes =
    { $count ->
        [one] One finding has no root cause
       *[other] { $count } findings have no root cause
    }
study-reached = { $successes } of { $attempts }
study-time =
    { $count ->
        [one] { $seconds } s (1 timed)
       *[other] { $seconds } s ({ $count } timed)
    }
study-bound = No use error; up to { $percent } % could stay unseen
study-removed = left out by { $name } on { $day }: { $reason }
study-closed-by = Closed by { $name } on { $day }
study =
    .summative = Summative evaluation
    .formative = Formative evaluation
    .enter = Enter a session
    .add-task = Add a task
    .no-task = The protocol has no task yet
    .no-task-note = Add the tasks that every participant attempts; then sessions can be entered.
    .causes-note = A summative study states the root cause of every use error, close call and difficulty before it closes.
    .cause-go = Go to the first
    .to-close = Every planned session is entered
    .close-go = Close the study
    .sus = System Usability Scale
    .sus-key = Large marks: the mean with its 95 % interval. Small dots: one participant each. Dashed: 68, the average product.
    .sus-label = SUS scores by user group with mean and 95 % interval
    .sus-note = A score from 0 to 100, not a percentage. t-interval of the mean; Sauro–Lewis curved grades with their percentiles.
    .group = User group
    .people = Answered
    .mean = Mean
    .interval = 95 % interval
    .deviation = Deviation
    .grade = Grade (percentiles)
    .success = Task success
    .success-short = Success
    .success-note = Success without help, of those who came to the task. Adjusted Wald intervals, 95 %.
    .scale = 0 % to 100 %, middle line 50 %
    .task = Task
    .critical = Critical
    .critical-mark = A use error here could cause serious harm
    .critical-note = A task is critical when a use error at it could cause serious harm.
    .trouble = What went wrong
    .assisted = With help
    .left-out = Not counted
    .time = Typical time
    .findings = Findings
    .findings-short = Findings
    .seen = What was observed
    .cause = Root cause
    .no-cause = Not stated yet
    .participant = Participant
    .participants = Participants
    .nobody = No session has been entered yet.
    .day = Day
    .corrected = corrected
    .removed = Left out of the results
    .tasks = Tasks
    .plan = Protocol
    .task-ko = What the participant does, in Korean
    .task-en = What the participant does, in English
    .task-id = Short name
    .task-id-hint = Small Latin letters, digits, - and _, for example set-rate.
    .add-note = Tasks can be added until the first session is entered.
    .close = Close the study
    .close-note = The conclusion goes to the case. Nothing can be changed afterwards.
    .close-send = Close the study
    .conclusion = What the study shows
    .residual-risk = Decision on the residual risk
    .residual-hint = Needed where a summative study has findings.
    .short-sample = Why fewer participants are enough
    .short-hint = Needed where a group has fewer than planned.
    .withdrawn = Why the case no longer needs it
session-of = Session of { $code }
session-entered = Entered by { $name }
session-corrected = Corrected by { $name }: { $reason }
session =
    .new = Enter a session
    .lede = One participant, every task. A participant is a code; never write a name.
    .who = Participant
    .participant = Code
    .participant-hint = Letters and a number, such as P01. Not a name, not initials.
    .group = User group
    .day = Day of the session
    .seconds = Time in seconds, if it was measured
    .assisted = The moderator helped
    .more = Note and root cause
    .cause = Root cause
    .no-cause = Not known yet
    .note = What was seen; names nobody
    .sus-hint = The ten answers from 1 (strongly disagree) to 5 (strongly agree), as they stand on the sheet. Leave all empty if it was not asked.
    .sus-item = Item
    .reason = Why the entry was wrong
    .record = Enter the session
    .correct = Correct the entry
    .remove = Leave this participant out
    .remove-note = The session no longer counts; the entry stays in the record.
    .remove-why = Why, on the record
    .history = What was entered

round-status =
    .open = Takes answers
    .ended = Last day is over
    .suspended = Paused
    .closed = Closed
    .withdrawn = Withdrawn
invited =
    .waiting = No answer yet
    .answered = Answered
    .declined = Said no
    .revoked = Taken back
round-so-far = { $answered } answered, { $needed } needed
round-invited = Invited { $day }
round-reminded = reminded { $day }
round-next-reminder = next reminder { $day }
round-hidden = Hidden until { $threshold } have answered, from you too, so that nobody is recognized. So far: { $answered }.
round-site-hidden = Hidden: fewer than { $threshold } answers here, or showing them would give a smaller site away.
round-score = { $count } gave { $score }
round-nps = Net promoter score { $score } (± { $margin })
panel =
    .found = What was answered
    .found-key = Numbers are people, from the lowest answer to the highest
    .found-note = Answers in order, so no means are shown. Quartiles by method 7.
    .question = Question
    .numbers = Answers
    .median = Median
    .middle = Middle half
    .top = Two highest
    .option = Answer
    .people = People
    .share = Share, 0 % to 100 %
    .comments-note = In an order that says nothing about who wrote what.
    .sites = By site
    .invited = Who is asked
    .no-list = Only the hospital knows who was invited. You see how many have answered.
    .nobody = Nobody is invited yet
    .nobody-note = Invite the clinicians; each gets a letter with a link and needs no account.
    .invite = Invite clinicians
    .invite-go = Invite clinicians
    .invite-note = Rows that stay empty are left out.
    .invite-send = Send the invitations
    .clinician = Clinician
    .name = Name
    .email = E-mail address
    .site = Hospital or site
    .specialty = Field (may be left empty)
    .language = Language of the letter
    .remind = Remind now
    .revoke = Take the invitation back
    .revoke-why = Why, on the record
    .close = Close the round
    .close-go = Close the round
    .close-note = The conclusion goes to the case. No answer is taken afterwards.
    .conclusion = What was learned
    .short = Why fewer answers are enough
    .short-hint = Needed where fewer have answered than the pathway asks for.
    .withdrawn = Why the case no longer needs it
    .over = No more answers are taken
    .enough = Enough have answered
    .too-few = Too few are invited
    .waiting = Answers are awaited
    .answers = Answers
    .answered = Answered
    .is-waiting = Not yet
    .declined = Said no
    .about = About this round
    .opened = Opened
    .closes = Last day for answers
    .needed = Answers needed
    .threshold = Shown from
    .consent = Consent text
    .consent-note = The version and the fingerprint of the consent text that was shown are kept with each answer.
    .asked = What is asked

thing =
    .account = An account
    .organization = An organization
    .device = A device
    .study = A usability study
    .feedback-round = A feedback round
    .consultation = A consultation
organization-kind =
    .startup = Startup
    .hospital = Hospital
    .consultancy = Consultancy
    .operator = Operator
letter =
    .case-opened = A case was opened
    .stage-opened = It is your move
    .stage-reminder = Due soon
    .stage-escalation = Past its date
    .sent-back = Sent back
    .stage-decided = Decided
    .case-paused = Paused
    .case-resumed = Goes on
    .case-canceled = Canceled
    .award-granted = Award granted
    .case-completed = Completed
    .match-invitation = Asked to take part
    .feedback-invitation = Invited to give feedback
    .feedback-reminder = Reminded to give feedback
    .consultation-opened = Consultancy engaged
    .note-added = A note was left
    .mentioned = A mention in a note
    .question-asked = A question was asked
    .question-answered = A question was answered
    .sign-in-link = A link to sign in
operate-open =
    { $count ->
        [one] One thing needs a person
       *[other] { $count } things need a person
    }
operate-failed =
    { $count ->
        [one] It failed once and is not tried any more until you say so.
       *[other] It failed { $count } times and is not tried any more until you say so.
    }
operate-letter = Letter “{ $kind }”, { $case }
operate-letter-alone = Letter “{ $kind }”
operate-message = Message inside Naru to: { $thing }
operate-done = Done { $moment }
operate-again = Tried again { $moment }
operate =
    .title = Operations
    .green = Everything runs
    .red = The last write failed: commands are refused until writing works again
    .incidents = What could not be done
    .no-incident = Nothing waits for you. What fails for good stands here and says what to do.
    .about = About:
    .reason = What the machine said
    .retry = Try again
    .retry-note = Trying twice is harmless: nothing is done a second time.
    .still-broken = The history still does not fold. Restore the record from a backup, or ask the makers of Naru.
    .broken = A history cannot be read
    .broken-note = The events of this thing contradict one another, so it is closed to everybody. Everything else goes on.
    .failed = Something that follows from an event failed
    .failed-note = It failed too often and is not tried any more until you say so.
    .letters = Letters and messages, newest first
    .masked = Names and addresses are masked
    .no-letter = Nothing has left yet.
    .what = What
    .to = To
    .state = How it stands
    .waiting = Waits
    .stopped = Stopped; see above
    .installation = This installation
    .version = Version
    .position = Events in the record
    .pathways = Pathways
people =
    .title = People
    .lede = Who does what for which organization.
    .none = There is no organization whose people you may see.
    .organization = Organization
    .kind = Kind
    .open = Open an account
    .open-note = The person can then be given a role, and signs in with a password that the operator sets for the first time.
    .name-en = Name in Latin script (may be left empty)
    .language = Language
    .members = Members
    .nobody = Nobody has a role here yet.
    .add = Give a role
    .add-hint = Of a person who has an account.
    .role = Role
    .remove = Take the role away
    .remove-send = Yes, take it away
token-label = { $scopes }, until { $day }
tokens =
    .title = API tokens
    .lede = A token lets a program act in your name, within its scopes and your own rights.
    .none = You have no token.
    .live = Your tokens
    .revoke = Revoke
    .revoked = Revoked
    .expired = Expired
    .issue = Make a token
    .label = What you call it
    .label-hint = The program or machine it is for.
    .life = Ends by itself after
    .days-30 = 30 days
    .days-90 = 90 days
    .days-365 = a year
    .scopes = What it may do
    .secret = The secret, shown this once
    .secret-note = Copy it now: Naru keeps only its fingerprint. Send it as “Authorization: Bearer …”.
scope =
    .read = Read what I may read
    .write = Do my daily work
    .admin = Manage members, tokens and the installation, where I may

figures-counted =
    { $count ->
        [one] Counted over one case
       *[other] Counted over the newest { $count } cases
    }
figures-of =
    { $count ->
        [one] of one stage that had a date and is over
       *[other] of { $count } stages that had a date and are over
    }
figures =
    .title = Figures
    .csv = Download as CSV
    .short = In short
    .on-time = In time
    .open = Open
    .open-note = Stages that wait for somebody now
    .late = Late
    .late-note = Open stages past their date
    .none = Nothing to count yet
    .none-note = As soon as stages of your hospital’s cases are over, their times stand here.
    .pathway = Pathway
    .stage = Stage
    .draw = Median, drawn to scale
    .median = Median days
    .quarter = Lower quartile
    .three-quarters = Upper quartile
    .middle = Middle half
    .over = Over
    .dated = Over, with a date
    .in-time = Of these in time
    .people = Who carries how much
    .people-note = Only what somebody has taken on counts here; the rest is open to everybody in the role.
    .person = Person
    .carries = Open, drawn to scale
    .claimed = Open
    .votes = Decisions in 90 days
    .note = Days are working days, from when the last round of a stage opened until it was over. Medians and quartiles by method 7.
