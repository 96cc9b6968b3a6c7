# 메일 문구. 민감한 내용은 넣지 않습니다. 건은 접수 번호로, 단계는 이름으로만 부릅니다.
# what: 무슨 일이 있었는지, todo: 무엇을 하면 되는지, action: 하나뿐인 링크의 이름.

greeting = { $name } 님께
due = { $due }까지 처리해 주세요.
stage-unnamed = 현재 단계
case-line = 접수 번호 { $case }
link-help = 링크가 열리지 않으면 아래 주소를 브라우저에 붙여 넣어 주세요.
closing = 감사합니다.
automatic = 이 메일은 자동으로 발송되었으며 회신은 확인하지 않습니다. 링크는 화면을 열 뿐이며, 여는 것만으로는 아무것도 결정되지 않습니다.

case-opened =
    .subject = [{ $case }] 새로운 건이 접수되었습니다
    .what = 스타트업이 귀 병원에 새로운 건을 접수했습니다.
    .todo = 신청 내용을 확인하고 다음 단계를 진행해 주세요.
    .action = 건 열기

stage-opened =
    .subject = [{ $case }] 진행 요청: { $stage }
    .what = ‘{ $stage }’{ JOSA($stage, "이/가") } 시작되었습니다. 지금은 담당자님의 차례입니다.
    .todo = 필요한 사항을 확인하고 진행해 주세요.
    .action = 건 열기

stage-reminder =
    .subject = [{ $case }] 다시 알림: { $stage }
    .what = ‘{ $stage }’{ JOSA($stage, "이/가") } 아직 담당자님의 처리를 기다리고 있습니다.
    .todo = 필요한 사항을 마무리해 주세요. 방금 처리하셨다면 더 하실 일은 없습니다.
    .action = 건 열기

stage-escalation =
    .subject = [{ $case }] 기한 지남: { $stage }
    .what = ‘{ $stage }’{ JOSA($stage, "이/가") } 기한이 지났지만 아직 끝나지 않았습니다.
    .todo = 누구의 차례인지 확인하고, 진행을 돕거나 다른 담당자에게 맡겨 주세요.
    .action = 건 열기

sent-back =
    .subject = [{ $case }] 보완 요청: { $stage }
    .what = 제출하신 ‘{ $stage }’에 대해 보완 요청이 있습니다. 작성하신 내용은 그대로 보관되어 있습니다.
    .todo = 요청 사항을 확인하고 보완하여 다시 제출해 주세요.
    .action = 요청 사항 보기

stage-decided =
    .subject = [{ $case }] 결정 안내: { $stage }
    .what = ‘{ $stage }’에 대한 결정이 내려졌습니다.
    .todo = 결정 내용과 다음 단계를 확인해 주세요.
    .action = 결정 보기

case-paused =
    .subject = [{ $case }] 진행이 일시 중지되었습니다
    .what = 이 건의 진행이 일시 중지되었습니다. 재개될 때까지 기한과 알림도 멈춥니다.
    .todo = 지금 하실 일은 없습니다. 사유는 건 화면에서 확인하실 수 있습니다.
    .action = 건 열기

case-resumed =
    .subject = [{ $case }] 진행이 재개되었습니다
    .what = 일시 중지되었던 건이 다시 진행됩니다. 중지된 영업일만큼 기한이 조정되었습니다.
    .todo = 새 기한과 누구의 차례인지 확인해 주세요.
    .action = 건 열기

case-canceled =
    .subject = [{ $case }] 건이 취소되었습니다
    .what = 이 건이 취소되어 더 진행할 단계가 없습니다.
    .todo = 취소 사유를 확인해 주세요. 지금까지의 기록은 계속 열람하실 수 있습니다.
    .action = 건 열기

award-granted =
    .subject = [{ $case }] 지원이 확정되었습니다
    .what = 이 건에 대한 지원이 확정되었습니다.
    .todo = 지원 내용과 이후 절차를 확인해 주세요.
    .action = 지원 내용 보기

case-completed =
    .subject = [{ $case }] 모든 단계가 완료되었습니다
    .what = 이 건의 모든 단계가 완료되었습니다. 함께해 주셔서 감사합니다.
    .todo = 결과와 전체 기록을 확인하실 수 있습니다.
    .action = 건 열기

match-invitation =
    .subject = [{ $case }] 의료기기 실증 참여 요청
    .what = 병원에서 선생님을 의료기기 실증의 임상 전문가로 추천했습니다.
    .todo = 링크를 열면 요청 내용과 이해 상충 여부를 확인하실 수 있습니다. 계정 없이 수락하거나 거절하실 수 있습니다.
    .action = 요청 확인하고 답하기

feedback-invitation =
    .subject = [{ $case }] 의료기기에 대한 임상 의견 요청
    .what = 의료기기에 대한 임상 의견 조사에 선생님을 모십니다.
    .todo = 링크는 선생님께만 드리는 것으로, 계정 없이 바로 응답하실 수 있습니다. 이 메일을 다른 분께 전달하지 말아 주세요.
    .action = 설문 열기

feedback-reminder =
    .subject = [{ $case }] 다시 알림: 임상 의견을 기다리고 있습니다
    .what = 의료기기에 대한 임상 의견 조사가 아직 선생님의 응답을 기다리고 있습니다.
    .todo = 링크는 선생님께만 드리는 것으로, 계정 없이 바로 응답하실 수 있습니다. 응답하시면 더는 알림을 보내지 않습니다.
    .action = 설문 열기

consultation-opened =
    .subject = [{ $case }] 자문이 시작되었습니다
    .what = 이 건의 자문위원으로 지정되었습니다.
    .todo = 요청받은 자문 내용과 열람하실 수 있는 자료를 확인해 주세요.
    .action = 자문 열기

note-added =
    .subject = [{ $case }] 새 노트가 있습니다
    .what = 자문에 담당자님이 보실 수 있는 노트가 추가되었습니다.
    .todo = 로그인하여 확인해 주세요. 노트 내용은 메일로 보내지 않습니다.
    .action = 노트 보기

mentioned =
    .subject = [{ $case }] 노트에서 담당자님을 언급했습니다
    .what = 자문의 노트에서 담당자님을 언급했습니다.
    .todo = 로그인하여 확인해 주세요. 노트 내용은 메일로 보내지 않습니다.
    .action = 노트 보기

question-asked =
    .subject = [{ $case }] 답변을 기다리는 질문이 있습니다
    .what = 자문에 담당자님께 드리는 질문이 등록되었습니다.
    .todo = 로그인하여 확인하고 답변해 주세요. 질문 내용은 메일로 보내지 않습니다.
    .action = 질문 보기

question-answered =
    .subject = [{ $case }] 질문에 답변이 등록되었습니다
    .what = 자문에서 하신 질문에 답변이 등록되었습니다.
    .todo = 로그인하여 확인해 주세요. 답변 내용은 메일로 보내지 않습니다.
    .action = 답변 보기

sign-in-link =
    .subject = 나루 로그인 링크
    .what = 로그인 화면에서 이 주소로 로그인 링크를 요청하셨습니다.
    .todo = 아래 링크를 열고 ‘들어가기’를 누르시면 로그인됩니다. 요청하신 때부터 15분 동안 한 번만 쓸 수 있습니다. 요청하지 않으셨다면 이 메일을 무시하셔도 됩니다. 링크를 열지 않으면 아무도 로그인할 수 없습니다.
    .action = 로그인하기
