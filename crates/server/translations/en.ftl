# Words of the pages that links in letters open. Nothing here names a device: the page shows no more than the invitation may.

brand = Naru
skip = Skip to the content
other-language = 한국어
letterhead-case = Case { $case }
foot = A link opens a page; nothing is decided until you press a button.
hospital-unnamed = the hospital that invited you
error-title = Error: { $title }
required = required
optional = optional
nothing-sent = Nothing has been sent yet. Press one of the buttons at the end of the page.
fault-banner = We could not save this just now. What you entered is still here: please wait a moment and send it again.
errors =
    { $count ->
        [one] One thing needs your attention
       *[other] { $count } things need your attention
    }
removed-characters = An invisible control character was in the text. We have taken it out; please check the text and send it again.
choose-none = No answer
choose-one = Choose one

# The answer page of a feedback round.
feedback-from = { $hospital } asks for your clinical opinion
feedback-length =
    { $questions ->
        [one] One question
       *[other] { $questions } questions
    }, about { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    }
feedback-until = Open until the end of { $date }, Korean time
feedback-until-open = The closing day is on hold for now; answers are taken
feedback-declined-before = You declined earlier. You can still change your mind and answer below.
feedback-questions = Questions
feedback-required-note = Questions marked “optional” can be left empty.
feedback-max = Up to { $max } characters
feedback-no-patients = Please do not write anything that identifies a patient or a colleague.
feedback-privacy = What happens to your answers
feedback-privacy-stored = We store your answers, the consent text you agreed to and the time you sent them, together with your invitation (name, address, site and specialty).
feedback-privacy-threshold = Results are shown only in summary and without names, once at least { $threshold } people have answered. With fewer, neither the hospital nor the manufacturer sees anything.
feedback-privacy-page = This page sets no cookies. What you choose and type stays in this browser until you press “Send answers”; only then is it sent.
feedback-device = The device
feedback-consent = Consent
feedback-consent-version = Version of the text: { $version }
feedback-agree = I have read this and agree
feedback-agree-missing = Your answers can be used only with your consent. Please read the text and tick the box.
feedback-consent-changed = The consent text has changed since you opened the page. Please read the new text, tick the box and send again. Your answers are still here.
feedback-send = Send answers
feedback-send-note = Answers can be sent once and cannot be changed afterwards.
feedback-decline-open = I would rather not take part
feedback-decline-note = Taking part is voluntary. Declining has no disadvantage, and you will get no more reminders.
feedback-decline-reason = Reason
feedback-decline = Decline the invitation
feedback-again = Open the questions again

# The page of a proposed PI or clinician.
match-title =
    .principal_investigator = Will you be the principal investigator?
    .clinician = Will you take part as a clinician?
match-role =
    .principal_investigator = Principal investigator
    .clinician = Clinician
match-duty =
    .principal_investigator = You would lead the validation on behalf of the hospital: review its plan and answer for how it is carried out. The coordinator prepares the paperwork with you.
    .clinician = You would take part in the validation as a clinical expert: use the device as planned and say what you think of it. The coordinator agrees the dates with you.
match-by-itself = Opening this page has decided nothing. It is decided when you press a button below.
match-fact-name = For
match-fact-hospital = Asked by
match-fact-role = Role
match-fact-stage = Stage
match-fact-startup = Company
match-fact-due = Answer by
match-due = { $date }, end of the day, Korean time
match-known = What the hospital noted about a conflict of interest
match-known-handling = How it is handled
match-conflict = Do you have a conflict of interest?
match-conflict-with = Do you have a conflict of interest with { $startup }?
match-conflict-help = Such as shares, paid advice, joint research, a patent or a family tie. A conflict does not rule you out; the hospital decides how to handle it.
match-conflict-none = None known
match-conflict-some = Yes, or possibly
match-conflict-text = What is the connection?
match-conflict-text-help = Needed if you chose “Yes, or possibly”.
match-conflict-missing = Please say whether you have a conflict of interest before you accept.
match-conflict-text-missing = Please describe the connection in a sentence.
match-conflict-contradiction = You chose “None known” but described a connection. Please choose “Yes, or possibly”, or empty the text.
match-accept = I accept
match-decline = I decline this time
match-once = You can answer once. Your answer and your declaration stay in the record of the case, where the hospital reads them.

# What is said when there is nothing (more) to fill in. what: what is the case. todo: what the reader can do.
thanks =
    .title = Thank you
    .what = Your answers have arrived. They are part of the round now, and you will get no more reminders.
    .todo = You can close this window. Keep no copy of the link: it cannot be used to change the answers.
declined =
    .title = You have declined
    .what = We have told { $hospital }, and you will get no more reminders. Thank you for letting us know.
    .todo = You can close this window. If you change your mind, the link opens the questions again until the round closes.
already-answered =
    .title = This invitation has been answered
    .what = Answers came through this link on { $date }. They can be given once and cannot be changed.
    .todo = There is nothing left to do. If it was not you who answered, please write to { $hospital }.
other-answer =
    .title = Your first answers stand
    .what = Answers came through this link on { $date }, before the ones you just sent. The first ones were kept; the new ones were not stored.
    .todo = If the first answers are not yours, or are wrong, please write to { $hospital }. Going back in your browser shows what you entered just now.
revoked =
    .title = This invitation was taken back
    .what = { $hospital } has taken the invitation back, so the link no longer opens the questions.
    .todo = There is nothing to do. If you think this is a mistake, please write to { $hospital }.
ended =
    .title = The time for answers is over
    .what = The last day for answers was { $date }.
    .todo = Thank you for your interest. If you would still like to say something, please write to { $hospital }.
closed =
    .title = This round is closed
    .what = { $hospital } has closed this round of feedback, so no more answers are taken.
    .todo = Thank you for your interest. If you would still like to say something, please write to { $hospital }.
withdrawn =
    .title = This round was called off
    .what = { $hospital } no longer needs answers to this round of feedback.
    .todo = There is nothing to do. Thank you for your interest.
match-accepted =
    .title = Thank you for accepting
    .what = We have told { $hospital }, together with your declaration.
    .todo = The coordinator will write to you about the next step. You can close this window.
match-declined =
    .title = You have declined
    .what = We have told { $hospital }. Thank you for letting us know.
    .todo = You can close this window. If you change your mind, please write to { $hospital }.
match-answered-yes =
    .title = You have accepted this request
    .what = Your answer came on { $date }.
    .todo = There is nothing left to do here. To change something, please write to { $hospital }.
match-answered-no =
    .title = You have declined this request
    .what = Your answer came on { $date }.
    .todo = There is nothing left to do here. To change something, please write to { $hospital }.
match-other-answer =
    .title = Your first answer stands
    .what = This request was already answered on { $date }. What you just sent was not stored.
    .todo = To change something, please write to { $hospital }. Going back in your browser shows what you entered just now.
match-lapsed =
    .title = The time to answer is over
    .what = The last day to answer was { $date }.
    .todo = If you would still like to take part, please write to { $hospital }.
match-withdrawn =
    .title = This request was taken back
    .what = { $hospital } has taken the request back.
    .todo = There is nothing to do. If you think this is a mistake, please write to { $hospital }.
match-over =
    .title = This request is settled
    .what = The stage that this request belongs to is settled, so no more answers are taken.
    .todo = There is nothing to do. Thank you for your interest.
case-over =
    .title = This case has ended
    .what = The case that the request was about has ended, so nothing more can be decided here.
    .todo = There is nothing to do. Thank you for your interest.
paused =
    .title = On hold for now
    .what = The case is paused, so the request cannot be answered at the moment.
    .todo = Please open the same link again later; it will work once the case goes on. For questions, please write to { $hospital }.

# Said in both languages, because nobody knows who reads.
unknown =
    .title = This link does not open anything
    .what = It is not a link that we sent, or part of it was lost on the way.
    .todo = Please open the link in the letter again, or copy the whole address into your browser. If that does not help, ask the hospital that invited you for a new letter.
cross-site =
    .title = Nothing was sent
    .what = The request came from another website, so it was refused.
    .todo = Please open the link in the letter and send your answer from the page that it opens.
too-large =
    .title = This is more text than we can take
    .what = What you sent is larger than 64 KB, so it was not stored.
    .todo = Please go back in your browser, where your text should still be, shorten it and send it again.
unreadable =
    .title = We could not read what was sent
    .what = It was not sent by the form on the page.
    .todo = Please open the link in the letter and send your answer from the page that it opens.
too-many =
    .title = Too many links that do not work
    .what = Too many wrong links were opened from your network.
    .todo = Please wait a minute, then open the link in the letter again.
fault =
    .title = Something failed on our side
    .what = Nothing was changed.
    .todo = Please try again in a few minutes. If it still does not work, write to the hospital that invited you.
