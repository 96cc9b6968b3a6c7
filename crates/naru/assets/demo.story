# The history that `naru demo` lives through before it starts. None of it happened.
#
#   device MODEL | who registers it | name in Korean | in English | class | intended use | title of its document
#   form NAME, and below it, indented, field = answer
#   case NAME | MODEL | hospital | pathway | title
#   DAYS HH:MM WHO | what is done, and to which stage | what is said with it | ...
#
# DAYS are working days before today. What is told under a case is about that case; the order of the lines does not matter beyond that.
# Who has no account is `candidate ADDRESS` for a matching and `guest ADDRESS` for a feedback round.

device SR-100 | Kim Haneul | AI 전자청진기 | AI stethoscope | class_2 | 성인과 소아의 심음을 기록하고 잡음을 표시하여 의료진의 판단을 돕습니다. | 사용적합성 엔지니어링 파일
device SR-200 | Kim Haneul | 연속 심전도 패치 | Continuous ECG patch | class_3 | 가슴에 붙여 심전도를 14일까지 기록하고 부정맥이 의심되는 구간을 표시합니다. | 사용적합성 엔지니어링 파일
device SR-400 | Park Doyun | 수면 무호흡 모니터 | Sleep apnea monitor | class_2 | 가정에서 수면 중 호흡과 산소포화도를 기록하여 수면 무호흡 선별을 돕습니다. | 위험관리 보고서
device MD-10 | Lee Seojun | 스마트 인슐린 펜 | Smart insulin pen | class_3 | Records each dose of insulin and reminds adults with diabetes of missed doses. | Usability engineering file
device MD-20 | Lee Seojun | 뇌졸중 CT 판독 보조 소프트웨어 | Stroke CT reading software | class_3 | Marks suspected large-vessel occlusions on head CT for radiologists. | Description of the prototype
device MD-30 | Lee Seojun | 보행 재활 로봇 | Gait rehabilitation robot | class_3 | Supports the legs of adults after a stroke while they practice walking with a therapist. | Usability engineering file

form yonsei-sr100
  business_number = 220-81-62517
  device_class = class_2
  technology_field = digital_health
  site = severance
  intended_use = 성인의 심음을 기록하고 잡음을 표시하여 의료진의 판단을 돕습니다.
  target_disease = 판막 질환
  cooperation_goals = 외래 진료 환경에서 사용적합성 총괄평가와 의료진 피드백을 진행합니다.
  summary = 청진기 헤드에 붙여 심음을 무선으로 보내는 장치와 분석 소프트웨어입니다.
  usability_file = document
  needs_regulatory = yes
  needs_reimbursement = yes
  procedure_link = 심음 청진 진단에 더하여 씁니다.
  needs_overseas = no

form yonsei-sr200
  business_number = 220-81-62517
  device_class = class_3
  technology_field = measurement_diagnostics
  site = gangnam
  intended_use = 가슴에 붙여 심전도를 14일까지 기록하고 부정맥이 의심되는 구간을 표시합니다.
  target_disease = 부정맥
  cooperation_goals = 심장내과 병동에서 간호사가 혼자 붙이고 뗄 수 있는지 확인합니다.
  summary = 얇은 일회용 패치가 심전도를 연속으로 기록하고, 소프트웨어가 의심 구간을 골라 보여 줍니다.
  usability_file = document
  needs_regulatory = no
  needs_reimbursement = no
  needs_overseas = no

form yonsei-sr400
  business_number = 220-81-62517
  device_class = class_2
  technology_field = digital_health
  site = wonju
  intended_use = 가정에서 수면 중 호흡과 산소포화도를 기록하여 수면 무호흡 선별을 돕습니다.
  target_disease = 수면 질환
  cooperation_goals = 수면클리닉에서 검사 전 선별에 쓸 수 있는지 확인합니다.
  summary = 손목과 손가락에 차는 기록 장치입니다.
  usability_file = document
  needs_regulatory = yes
  needs_reimbursement = no
  needs_overseas = no

form yonsei-sr400-again
  target_disease = 중등도 이상의 폐쇄성 수면 무호흡증

form yonsei-md30
  business_number = 106-81-11522
  device_class = class_3
  technology_field = other
  site = severance
  intended_use = Supports the legs of adults after a stroke while they practice walking with a therapist.
  target_disease = Hemiparesis after stroke
  cooperation_goals = Learn whether two therapists can set the robot up within ten minutes, and whether patients feel safe in it.
  summary = A wearable frame with four motors follows the therapist's settings and carries part of the patient's weight.
  usability_file = document
  needs_regulatory = yes
  needs_reimbursement = no
  needs_overseas = no

form yonsei-md10
  business_number = 106-81-11522
  device_class = class_3
  technology_field = digital_health
  site = gangnam
  intended_use = Records each dose of insulin and reminds adults with diabetes of missed doses.
  target_disease = Type 2 diabetes
  cooperation_goals = Find out whether people over 65 can set reminders without help.
  summary = A cap for insulin pens measures each dose and sends it to a phone.
  usability_file = document
  needs_regulatory = no
  needs_reimbursement = no
  needs_overseas = no

form samsung-md20
  business_number = 106-81-11522
  medicine = convergence
  product_kind = diagnostic_software
  device_class = class_3
  intended_use = Marks suspected large-vessel occlusions on head CT for radiologists.
  target_disease = Acute ischemic stroke with large-vessel occlusion
  cooperation_goals = Compare the time from scan to decision with and without the software in 200 consecutive patients.
  needs_data = yes
  needs_trial = no
  needs_reimbursement = yes
  wants_to_sell = no

form samsung-sr200
  business_number = 220-81-62517
  medicine = convergence
  product_kind = other
  device_class = class_3
  intended_use = 가슴에 붙여 심전도를 14일까지 기록하고 부정맥이 의심되는 구간을 표시합니다.
  target_disease = 발작성 심방세동
  cooperation_goals = 24시간 홀터 검사와 비교하여 심방세동 발견율이 얼마나 높은지 함께 연구합니다.
  needs_data = no
  needs_trial = yes
  needs_reimbursement = no
  wants_to_sell = yes

form asan-md10
  business_number = 106-81-11522
  customer_type = platform_company
  platforms = approval validation
  device_class = class_3
  intended_use = Records each dose of insulin and reminds adults with diabetes of missed doses.
  target_disease = Type 1 and type 2 diabetes
  cooperation_goals = Agree on the route to approval and have nurses try the pen on the ward.
  consultations = regulatory
  questions = Does the reminder make the software part of the device, and which software class follows?
  prototype = document

form asan-sr400
  business_number = 220-81-62517
  customer_type = project_company
  platforms = approval
  device_class = class_2
  intended_use = 가정에서 수면 중 호흡과 산소포화도를 기록하여 수면 무호흡 선별을 돕습니다.
  target_disease = 폐쇄성 수면 무호흡증
  cooperation_goals = 인허가 절차와 필요한 자료를 확인합니다.
  consultations = regulatory
  questions = 선별용으로 표시하면 진단용과 등급이 달라지나요?

form asan-md20
  business_number = 106-81-11522
  customer_type = professor_startup
  platforms = research
  device_class = class_3
  intended_use = Marks suspected large-vessel occlusions on head CT for radiologists.
  target_disease = Acute ischemic stroke
  cooperation_goals = Train the software on scans of several scanners.
  data_need = Head CT of 2,000 adults with suspected stroke from 2022 to 2025, with the radiologist's report.

form asan-result
  delivered = 인허가 경로 자문서를 제공했습니다. 2등급 인증 절차와 필요한 자료 목록이 담겨 있습니다.
  next_steps = 인증 신청 뒤 실증 플랫폼 이용을 다시 상담합니다.

form ethics
  decision = exempt
  decided_on = today
  decision_letter = document
  safe_for_simulated_use = yes

form report
  usability_report = document
  in_kolas_scope = yes
  conclusion = 중요 과업을 모두 안전하게 수행했고, 의료진 의견도 긍정적입니다.

form report-en
  usability_report = document
  in_kolas_scope = no
  conclusion = Every critical task was carried out safely. Two near misses at the straps are resolved by the new buckle.

form award
  requested_krw = 45000000
  budget = 시험 재료비 2천만 원, 인건비 1천5백만 원, 인증 수수료 1천만 원
  milestones = 1차: 병동 적용 시험 완료, 2차: 인증 신청

form award-en
  requested_krw = 48000000
  budget = Materials 20 million won, two engineers 18 million won, certification 10 million won
  milestones = First: trial on two wards finished. Second: application for certification handed in.

# Waits for the coordinator until today.
case triage-today | SR-100 | Hanbit University Hospital | yonsei-medtech-validation-support | AI 전자청진기 사용적합성 검증
8 10:10 Kim Haneul | open
7 15:30 Park Doyun | draft intake | yonsei-sr100
5 11:20 Park Doyun | submit intake | yonsei-sr100

# A form with its first answers.
form begun
  target_disease = 부정맥
  device_class = class_3
case begun | SR-200 | Hanbit University Hospital | yonsei-medtech-validation-support | 연속 심전도 패치 임상 근거 마련
3 16:40 Kim Haneul | open
2 10:05 Kim Haneul | draft intake | begun

# Waits for the coordinator since it was due three days ago; the director knows.
case triage-late | MD-30 | Hanbit University Hospital | yonsei-medtech-validation-support | Gait robot at home after discharge
10 09:50 Lee Seojun | open
8 14:15 Lee Seojun | submit intake | yonsei-md30

# Waits for the coordinator, due in some days.
case triage-soon | MD-10 | Hanbit University Hospital | asan-validation-platform | Smart insulin pen: route to approval and try-out on the ward
4 13:30 Lee Seojun | open
1 17:10 Lee Seojun | submit intake | asan-md10

# Sent back with requests; the second round is half done.
case sent-back | SR-400 | Hanbit University Hospital | yonsei-medtech-validation-support | 수면 무호흡 모니터 선별검사 실증
24 10:00 Park Doyun | open
20 10:45 Park Doyun | submit intake | yonsei-sr400
17 14:20 Jung Yujin | return triage to intake | target_disease=대상 환자의 중증도를 적어 주세요. 선별 대상이 누구인지에 따라 검토 부서가 달라집니다. | summary=기록 장치가 무엇을 몇 시간 동안 측정하는지 더 자세히 적어 주세요.
3 11:00 Park Doyun | draft intake | yonsei-sr400 | yonsei-sr400-again

# An investigator is looked for: one declined, one has not answered.
case matching | MD-20 | Hanbit University Hospital | samsung-joint-research | Stroke CT reading software: joint study with neurology
22 09:30 Lee Seojun | open
19 16:05 Lee Seojun | submit intake | samsung-md20
13 10:25 Jung Yujin | approve triage | A clear question, and the data are there.
12 11:00 Jung Yujin | invite matching | investigator | Baek Jinsu | jinsu.baek@clinic.example | 신경과
10 09:15 candidate jinsu.baek@clinic.example | decline
3 09:20 Jung Yujin | claim matching
2 15:40 Jung Yujin | invite matching | investigator | Yang Sohee | sohee.yang@clinic.example | 신경과

# An agreement waits for its second signature.
case agreement | SR-200 | Hanbit University Hospital | samsung-joint-research | 연속 심전도 패치 공동연구: 심방세동 발견율
38 10:00 Kim Haneul | open
36 11:30 Park Doyun | submit intake | samsung-sr200
33 10:10 Jung Yujin | approve triage | 질환과 평가 기준이 분명합니다.
32 13:00 Jung Yujin | invite matching | investigator | 최민호 | minho.choi@clinic.example | 심장내과
29 08:40 candidate minho.choi@clinic.example | accept
28 09:30 Jung Yujin | confirm matching
25 14:00 Jung Yujin | approve cooperation | 사업화 부서 검토를 마쳤습니다.
18 10:30 Jung Yujin | lay agreement
11 16:20 Kim Haneul | sign agreement

# A study, a feedback round and two consultations side by side.
case side-by-side | SR-100 | Hanbit University Hospital | yonsei-medtech-validation-support | AI 전자청진기 소아 외래 실증
62 10:00 Kim Haneul | open
60 15:10 Park Doyun | submit intake | yonsei-sr100
57 09:45 Jung Yujin | claim triage
56 11:30 Jung Yujin | approve triage | 센터 지원 범위에 맞습니다.
55 10:00 Jung Yujin | invite matching | investigator | 최민호 | minho.choi@clinic.example | 소아청소년과
55 10:05 Jung Yujin | invite matching | clinician | 권나래 | narae.kwon@clinic.example | 소아청소년과
55 10:10 Jung Yujin | invite matching | clinician | 신우진 | woojin.shin@clinic.example | 소아심장과
55 10:15 Jung Yujin | invite matching | clinician | 조은빈 | eunbin.cho@clinic.example | 가정의학과
54 08:50 candidate minho.choi@clinic.example | accept
54 12:20 candidate narae.kwon@clinic.example | accept
53 17:30 candidate woojin.shin@clinic.example | accept
52 09:05 candidate eunbin.cho@clinic.example | accept
51 10:00 Jung Yujin | confirm matching
12 09:30 Choi Minho | submit ethics | ethics
12 11:00 Jung Yujin | engage regulatory | Gaon Regulatory
12 13:05 Kim Haneul | engage reimbursement | Gaon Regulatory
11 11:00 Daniel Reed | ask regulatory to startup | Which software safety class (IEC 62304) do you claim, and does the classification of murmurs change the treatment?
10 16:15 Park Doyun | reply regulatory | B등급입니다. 잡음의 유무만 표시하고 치료를 권하지 않습니다.
9 10:20 Daniel Reed | note regulatory to startup consultancy | The predicate is close; class 2 with certification looks right. For children under 2 the clinical data of the predicate do not carry over. | Lim Sua, Park Doyun
8 09:40 Jung Yujin | note regulatory to hospital consultancy | 소아청소년과에서 2세 미만 환자 자료를 어느 정도 모을 수 있는지 확인하고 있습니다.
6 13:15 Daniel Reed | ask regulatory to hospital | How many recordings of children under 2 will the study contain?
4 15:00 Lim Sua | ask regulatory to startup | 해외 출시를 계획하는 국가가 정해졌나요? 정해졌다면 이번 권고에 함께 담겠습니다.
11 09:30 Lim Sua | note reimbursement to startup hospital consultancy | 심음 청진은 기본 진료에 포함되어 별도 수가가 없습니다. 신의료기술평가 유예 신청이 가능한지 검토하겠습니다.
5 16:45 Lim Sua | recommend reimbursement | 비급여로 시작하고, 소아 심장 선별 근거가 쌓이면 선별급여를 신청하시기 바랍니다. | 등재된 행위가 없으며 연계할 수가코드도 없습니다. | 신의료기술평가 유예를 먼저 신청하시기 바랍니다. | 비급여로 시작하여 선별급여로 옮겨 갑니다.
9 09:00 Han Jiwon | claim usability
8 14:00 Han Jiwon | session usability | P01 | physicians | S42 S18 S61 S25 D48 S30 | 4252425142
8 15:10 Han Jiwon | session usability | P02 | physicians | S38 S22 S55 S31 S36 S28 | 5142425141
7 14:00 Han Jiwon | session usability | P03 | physicians | D70 S25 S66 C44 S52 S33 | 4243325242 | 잡음 표시를 심박수로 잘못 읽었다가 스스로 고쳤습니다.
7 15:20 Han Jiwon | session usability | P04 | nurses | S51 S19 D82 S29 S40 S27 | 4142425152
5 10:00 Han Jiwon | session usability | P05 | nurses | S47 E58 S71 S35 D63 S31 | 3243334243 | 환자 목록에서 이름이 같은 다른 환자를 골랐습니다.
5 11:15 Han Jiwon | session usability | P06 | nurses | S45 S21 S59 S26 S39 S29 | 5142425142
11 09:40 Jung Yujin | claim feedback
11 10:00 Jung Yujin | panel feedback | narae.kwon@clinic.example, 소아청소년과, 본원, 권나래 | woojin.shin@clinic.example, 소아심장과, 본원, 신우진 | eunbin.cho@clinic.example, 가정의학과, 본원, 조은빈 | hana.seo@clinic.example, 소아청소년과, 강남, 서하나
10 12:40 guest narae.kwon@clinic.example | answer feedback | 5 4 4 4 6 9 | routinely | 우는 아이에게도 짧은 시간에 쓸 수 있습니다. | 헤드가 신생아에게는 큽니다.
6 18:05 guest eunbin.cho@clinic.example | answer feedback | 4 4 5 4 6 8 | selected_patients | 소리를 다시 들으며 보호자에게 설명할 수 있습니다.

# Everything is evaluated; the award committee has one of two votes.
case committee | MD-30 | Hanbit University Hospital | yonsei-medtech-validation-support | Gait rehabilitation robot on the stroke ward
98 10:00 Lee Seojun | open
96 14:00 Lee Seojun | submit intake | yonsei-md30
93 10:30 Jung Yujin | approve triage | Fits the programme.
92 10:00 Jung Yujin | invite matching | investigator | Choi Minho | minho.choi@clinic.example | Rehabilitation medicine
92 10:05 Jung Yujin | invite matching | clinician | Ahn Sejin | sejin.ahn@clinic.example | Rehabilitation medicine
92 10:10 Jung Yujin | invite matching | clinician | Ryu Dahye | dahye.ryu@clinic.example | Neurology
92 10:15 Jung Yujin | invite matching | clinician | Hwang Taeo | taeo.hwang@clinic.example | Physical therapy
91 09:00 candidate minho.choi@clinic.example | accept
91 11:45 candidate sejin.ahn@clinic.example | accept
90 08:30 candidate dahye.ryu@clinic.example | accept
89 16:10 candidate taeo.hwang@clinic.example | accept
88 10:00 Jung Yujin | confirm matching
71 11:00 Choi Minho | submit ethics | ethics
70 10:00 Lee Seojun | engage regulatory | Gaon Regulatory
64 15:30 Daniel Reed | ask regulatory to startup | Is the robot meant for use without a therapist at any time?
61 10:10 Lee Seojun | reply regulatory | Never. A therapist holds the release switch whenever a patient stands in it.
50 16:00 Daniel Reed | recommend regulatory | Apply for approval in class 3, and hand in the wear test of the new buckle with it. | Class 3, powered gait trainer; approval by the ministry. | The clinical evaluation report and the wear test of the buckle are missing. | The Union asks for a notified body in class IIa.
58 10:00 Han Jiwon | session usability | P01 | physicians | S180 S22 S240 S41 S35 S90 | 4142425141
58 11:30 Han Jiwon | session usability | P02 | physicians | D260 S25 S255 S38 S41 S95 | 4243425242
57 10:00 Han Jiwon | session usability | P03 | physicians | S172 S20 S231 S36 S30 S88 | 5142425141
57 11:30 Han Jiwon | session usability | P04 | physicians | C310 S24 D290 S44 S52 S101 | 3243324243 | The strap was closed over the trousers and slipped; the participant noticed and closed it again.
56 10:00 Han Jiwon | session usability | P05 | physicians | S188 S23 S244 S39 S37 S92 | 4152425142
56 13:30 Han Jiwon | session usability | P06 | nurses | S195 S26 S260 D55 S43 S85 | 4242425242
55 10:00 Han Jiwon | session usability | P07 | nurses | D240 S28 S271 S42 S46 S89 | 4143425142
55 11:30 Han Jiwon | session usability | P08 | nurses | C295 S25 S266 S40 C70 S93 | 3343334243 | The alarm was taken for the end of the session; the participant read the display and reacted.
54 10:00 Han Jiwon | session usability | P09 | nurses | S201 S22 S249 S37 S39 S87 | 5142425151
54 11:30 Han Jiwon | session usability | P10 | nurses | S190 S24 S252 S41 S40 S90 | 4142425142
46 14:00 Han Jiwon | close usability | All critical tasks were completed. The straps and the alarm's wording need a change before the summative evaluation.
69 10:00 Jung Yujin | panel feedback | sejin.ahn@clinic.example, Rehabilitation medicine, Main building, Ahn Sejin | dahye.ryu@clinic.example, Neurology, Main building, Ryu Dahye | taeo.hwang@clinic.example, Physical therapy, Main building, Hwang Taeo | jiho.lim@clinic.example, Physical therapy, Gangnam, Lim Jiho
67 12:30 guest sejin.ahn@clinic.example | answer feedback | 5 4 5 4 5 9 | routinely | Patients stand up a week earlier. | The frame should fit people under 155 cm.
66 18:20 guest dahye.ryu@clinic.example | answer feedback | 4 3 4 4 4 7 | selected_patients | The log of each session helps to plan. | Setting it up takes two people.
64 07:55 guest taeo.hwang@clinic.example | answer feedback | 5 5 4 3 6 10 | routinely | It carries the weight where I would hurt my back.
60 13:05 guest jiho.lim@clinic.example | answer feedback | 3 3 4 4 5 6 | selected_patients | | The release switch is hard to reach from behind.
52 10:00 Jung Yujin | close feedback | Four of four answered: a real need, a safe device, and too long to set up.
38 10:00 Jung Yujin | submit report | report-en
31 11:00 Han Jiwon | approve report_approval | Complete and traceable.
12 15:00 Lee Seojun | submit award_application | award-en
8 10:00 Oh Sera | approve committee | Strong results, and a plan that can be checked.

# The whole way, granted and completed.
case completed | SR-200 | Hanbit University Hospital | yonsei-medtech-validation-support | 연속 심전도 패치 병동 적용 검증
108 10:00 Kim Haneul | open
107 14:00 Park Doyun | submit intake | yonsei-sr200
104 09:30 Jung Yujin | approve triage | 지원 분야에 맞습니다.
103 10:00 Jung Yujin | invite matching | investigator | 최민호 | minho.choi@clinic.example | 심장내과
103 10:05 Jung Yujin | invite matching | clinician | 유가람 | garam.yoo@clinic.example | 심장내과
103 10:10 Jung Yujin | invite matching | clinician | 전소율 | soyul.jeon@clinic.example | 응급의학과
103 10:15 Jung Yujin | invite matching | clinician | 남기현 | kihyun.nam@clinic.example | 심장내과
102 09:00 candidate minho.choi@clinic.example | accept
102 09:40 candidate garam.yoo@clinic.example | accept
101 13:10 candidate soyul.jeon@clinic.example | accept
101 17:50 candidate kihyun.nam@clinic.example | accept
100 10:00 Jung Yujin | confirm matching
86 16:00 Choi Minho | submit ethics | ethics
80 10:00 Han Jiwon | session usability | P01 | physicians | S65 S15 S48 S20 S22 S18 | 5142525141
80 11:00 Han Jiwon | session usability | P02 | physicians | S70 S17 S52 S24 S25 S20 | 4142425142
80 14:00 Han Jiwon | session usability | P03 | physicians | S61 S14 S45 S19 S21 S17 | 5151525151
79 10:00 Han Jiwon | session usability | P04 | physicians | D95 S16 S50 S23 S28 S19 | 4142425142
79 11:00 Han Jiwon | session usability | P05 | physicians | S68 S18 S51 S22 S24 S20 | 4152425141
78 10:00 Han Jiwon | session usability | P06 | nurses | S58 S13 S42 D35 S23 S16 | 5142425142
78 11:00 Han Jiwon | session usability | P07 | nurses | S60 S14 S44 S21 S20 S15 | 5151525141
78 14:00 Han Jiwon | session usability | P08 | nurses | S63 S15 S46 S25 C40 S18 | 4242425242 | 전극 떨어짐 경보를 배터리 경보로 잘못 읽었다가 화면을 보고 바로잡았습니다.
77 10:00 Han Jiwon | session usability | P09 | nurses | S57 S13 S43 S20 S22 S16 | 5142525151
77 11:00 Han Jiwon | session usability | P10 | nurses | S59 S14 S45 S22 S21 S17 | 4142425142
74 15:00 Han Jiwon | close usability | 모든 중요 과업을 안전하게 수행했습니다. 경보음은 구분이 쉽도록 바꾸었습니다.
85 10:00 Jung Yujin | panel feedback | garam.yoo@clinic.example, 심장내과, 본원, 유가람 | soyul.jeon@clinic.example, 응급의학과, 본원, 전소율 | kihyun.nam@clinic.example, 심장내과, 본원, 남기현
84 12:15 guest garam.yoo@clinic.example | answer feedback | 5 5 5 4 7 10 | routinely | 홀터보다 환자가 편해합니다. | 샤워 뒤 접착력이 약해집니다.
83 19:30 guest soyul.jeon@clinic.example | answer feedback | 4 3 4 4 6 8 | selected_patients | 의심 구간만 골라 볼 수 있습니다.
81 08:10 guest kihyun.nam@clinic.example | answer feedback | 5 4 5 5 6 9 | routinely | 재입원 환자 추적에 좋습니다. | 판독 보고서 양식을 병원 것에 맞춰 주세요.
76 10:00 Jung Yujin | close feedback | 의료진 세 명이 모두 긍정적으로 평가했습니다.
68 10:00 Jung Yujin | submit report | report
66 14:00 Han Jiwon | approve report_approval | 시험 기록과 일치합니다.
60 11:00 Park Doyun | submit award_application | award
57 10:00 Oh Sera | approve committee | 결과가 좋고 계획이 구체적입니다.
55 16:00 Yoon Taekyung | approve committee | 예산이 적정합니다.
52 10:00 Jung Yujin | grant award | 45000000 | 병동 적용 시험 완료 | 인증 신청
48 10:00 Jung Yujin | complete | 검증을 마치고 현금 지원까지 확정했습니다.

# Advice on approval alone, completed.
case advised | SR-400 | Hanbit University Hospital | asan-validation-platform | 수면 무호흡 모니터 인허가 자문
75 10:00 Park Doyun | open
73 11:00 Park Doyun | submit intake | asan-sr400
70 10:00 Jung Yujin | approve triage | 외부 고객입니다.
66 14:00 Jung Yujin | lay agreement
63 10:00 Kim Haneul | sign agreement
61 17:00 Seo Jihun | sign agreement
60 10:00 Jung Yujin | engage regulatory | Gaon Regulatory
55 15:00 Lim Sua | note regulatory to startup consultancy | 선별용으로 표시해도 산소포화도 측정 때문에 2등급입니다.
44 11:00 Lim Sua | recommend regulatory | 2등급 인증 절차로 진행하시기 바랍니다. | 2등급 산소포화도 측정 기기이며 인증 대상입니다. | 선별용 표시는 등급을 바꾸지 않지만 임상자료의 범위를 줄여 줍니다.
41 10:30 Jung Yujin | approve approval_platform_approval | 질문에 모두 답했습니다.
38 16:00 Jung Yujin | submit result | asan-result
37 10:00 Jung Yujin | complete | 인허가 경로 자문을 제공하고 마쳤습니다.

# Rests until the startup has mended its device.
case paused | MD-10 | Hanbit University Hospital | yonsei-medtech-validation-support | Smart insulin pen in the diabetes clinic
18 10:00 Lee Seojun | open
16 10:40 Lee Seojun | submit intake | yonsei-md10
13 13:20 Jung Yujin | approve triage
9 09:30 Jung Yujin | pause | The startup recalls the cap and will hand in the corrected version. Nothing is due until then.

# Given up.
case canceled | MD-20 | Hanbit University Hospital | asan-validation-platform | Stroke CT software: training data
66 10:00 Lee Seojun | open
63 15:20 Lee Seojun | submit intake | asan-md20
56 10:15 Jung Yujin | approve triage | Internal customer: a declaration follows.
45 11:30 Jung Yujin | cancel | The founder left the hospital, so the company is no internal customer any more. It applies again as an external one.

# Nobody decides at a hospital that has no director to tell.
case unanswered | SR-400 | Saebom Medical Center | yonsei-medtech-validation-support | 수면 무호흡 모니터 지역병원 실증
16 10:00 Kim Haneul | open
12 11:00 Kim Haneul | submit intake | yonsei-sr400
