"""What customers say about a service, sentence by sentence, as people type it into a small box.

Most people who fill in a comment field write one sentence and leave. They name the one thing that moved them: a bill,
the app, a person on the phone, the price, a long wait. So the stock is sorted by what is spoken of and by mood, in
three voices: Korean as one speaks to a company (most sentences in the 해요 form, some in the 합니다 form), Korean as
one jots a note (short, without an ending for the reader), and English. Each sentence stands alone and carries its mood
by itself; marks, slips of the fingers and order come later, in `comments`.

Sentences are parted by a slash. A word in braces is a detail that differs from person to person. `fault` are the bank
transfers that failed: nobody is in good mood about them.
"""

from __future__ import annotations

VOICES = ("Korean", "Korean note", "English")
TOPICS = ("fault", "billing", "app", "kindness", "price", "speed", "whole", "nothing", "after things", "after others")
MOODS = (-1, 0, 1)
DETAILS = {
    "days": ("2", "3", "4", "5", "6"),
    "minutes": ("20", "25", "30", "40", "50"),
    "quick": ("5", "7", "10", "15", "3"),
    "times": ("세", "네", "다섯", "세", "네"),
    "count": ("three", "four", "five", "3", "4"),
    "price": ("5천", "6천", "7천", "8천", "7천"),
}

KOREAN = {
    "fault": (
        "계좌이체가 안 돼서 연체 문자까지 받았어요, 제 잘못도 아닌데"
        " / 자동이체가 갑자기 실패했는데 아무 안내도 없었어요 / 통장에 돈이 있는데도 출금 실패라고 떠요"
        " / 자동이체 오류 때문에 전화를 {times} 번이나 했습니다"
        " / 이체가 안 된 건 그쪽 시스템 문제인데 제가 연체자가 됐어요"
        " / 자동이체가 또 안 됐어요, 이러면 해지할 수밖에 없어요"
        " / 은행에 물어보니 은행 문제가 아니라고 하네요, 언제 고쳐지나요 / 결국 {times} 번째에는 제가 직접 송금했어요"
        " / 이체 오류 나고 나서 사과 한마디 없는 게 더 화가 나요"
        " / 멀쩡하던 자동이체가 왜 안 되는지 설명을 못 하시더라고요"
        " / 돈은 있는데 미납이라고 서비스를 막아 버리면 어떡하나요 / 자동이체 때문에 요즘 너무 스트레스 받아요",
        "",
        "",
    ),
    "billing": (
        "요금이 두 번 빠져나가서 환불받는 데 {days}일 걸렸어요 / 청구 금액이 매달 조금씩 달라서 볼 때마다 불안해요"
        " / 환불해 주신다더니 아직도 입금이 안 됐어요 / 청구서를 봐도 뭐가 뭔지 모르겠어요"
        " / 영수증 하나 받기가 왜 이렇게 어려운지 모르겠어요 / 요금제 바꿨는데 예전 요금으로 청구됐어요"
        " / 결제 카드 바꾸는 데 {minutes}분이나 걸렸습니다 / 말도 없이 부가 서비스 요금이 붙어 있었어요"
        " / 해지한 부가 서비스가 계속 청구되고 있어요 / 청구서 틀린 걸 제가 먼저 찾아내야 했어요",
        "청구서를 메일 말고 카톡으로 받고 싶어요 / 결제일을 월말로 바꿀 수 있으면 좋겠어요"
        " / 요금은 자동으로 나가서 별로 신경 안 써요 / 간편결제도 추가해 주시면 좋겠습니다"
        " / 현금영수증 신청 방법도 안내해 주세요 / 청구서는 제대로 본 적이 없어요 / 결제 쪽은 그냥 보통이에요",
        "결제 내역이 깔끔하게 정리돼 있어서 보기 편해요 / 자동이체 걸어 두니까 신경 쓸 일이 없어서 좋아요"
        " / 환불이 생각보다 빨리 들어왔어요 / 요금 나가기 전에 문자가 와서 좋아요"
        " / 잘못 나간 요금을 바로 돌려주셔서 감사했어요 / 요금이 한 번도 틀린 적이 없어서 믿음이 가요"
        " / 청구서가 알아보기 쉬워서 좋습니다 / 결제가 간단해서 좋아요"
        " / 요금제 바꾼 달에도 날짜대로 딱 맞게 계산돼 있었어요",
    ),
    "app": (
        "앱이 자꾸 튕겨요 / 업데이트하고 나서 로그인이 계속 풀려요 / 앱이 너무 느려서 답답해요"
        " / 메뉴가 복잡해서 원하는 걸 찾을 수가 없어요 / 알림을 꺼도 계속 와요 / 본인 인증에서 {times} 번이나 막혔어요"
        " / 화면이 하얗게 멈춰서 껐다 켜야 해요 / 검색이 제대로 안 됩니다"
        " / 앱에서 비밀번호 하나 바꾸는 데 한참 헤맸어요 / 문의 글 쓰는 도중에 앱이 꺼져서 다 날아갔어요"
        " / 며칠째 접속이 안 돼요 / 새 폰으로 바꿨더니 로그인이 안 돼요 / 잘되던 게 왜 갑자기 안 되는지 모르겠어요",
        "다크 모드가 있으면 좋겠어요 / 앱은 그럭저럭 쓸 만해요 / 글씨를 좀 더 크게 볼 수 있으면 좋겠습니다"
        " / PC로만 써서 앱은 잘 모르겠어요 / 위젯도 하나 만들어 주세요 / 가끔 느릴 때도 있는데 쓸 만은 해요"
        " / 알림을 종류별로 골라 받을 수 있으면 좋겠어요 / 태블릿에서도 되면 좋겠어요",
        "앱이 가볍고 빨라서 좋아요 / 화면이 깔끔해서 부모님도 잘 쓰세요 / 앱에서 다 해결돼서 편해요"
        " / 업데이트하고 나서 훨씬 빨라졌어요 / 쓰기 쉬워서 따로 배울 게 없었어요 / 딱 필요한 알림만 와서 좋습니다"
        " / 메뉴가 단순해서 금방 익숙해졌어요 / 앱은 오류 한 번 없이 잘 쓰고 있습니다"
        " / 폰 바꿔도 바로 이어서 쓸 수 있어 편해요 / 로그인이 간단해져서 좋아요 / 앱 디자인이 예뻐요"
        " / 앱에서 바로 문의할 수 있는 게 제일 좋아요",
    ),
    "kindness": (
        "상담원이 제 말을 끊고 자기 말만 했어요 / 전화받자마자 귀찮다는 말투였어요"
        " / 상담하시는 분이 너무 퉁명스러웠습니다 / 같은 말만 반복하고 제 얘기는 안 들어 주시더라고요"
        " / 죄송하다는 말 한마디가 없었어요 / 채팅 상담이 복사해서 붙인 답변 같았어요"
        " / 물어본 것만 대충 대답하고 끊으셨어요 / 거짓말하는 사람 취급을 받은 것 같아서 불쾌했어요"
        " / 상담원분이 한숨을 쉬셔서 기분이 상했어요 / 모르면 모른다고 하면 되는데 얼버무리기만 하셨어요"
        " / 항의하니까 그제야 들어 주는 태도가 별로였어요 / 매뉴얼만 읽어 주는 느낌이었어요"
        " / 담당자 바꿔 달라고 했더니 그냥 끊어 버렸어요 / 반말 비슷하게 말씀하셔서 당황했어요"
        " / 고객이 잘못했다는 식으로만 말해요",
        "상담은 평범했어요 / 상담원마다 차이가 좀 있는 것 같아요 / 상담은 받을 일이 별로 없었어요"
        " / 상담은 그냥 무난했습니다 / 친절한 분도 있고 아닌 분도 있어요 / 형식적이긴 한데 불친절하지는 않았어요",
        "상담원분이 정말 친절하셨어요 / 끝까지 차분하게 설명해 주셔서 감사했습니다"
        " / 제 얘기를 먼저 들어 주셔서 기분이 풀렸어요 / 전화 주신 분이 너무 상냥하셨어요"
        " / 몇 번을 물어봐도 싫은 내색 한번 안 하셨어요 / 지난번에 문의한 것까지 기억하고 계셔서 놀랐어요"
        " / 어머니께 천천히 쉽게 설명해 주셔서 고마웠어요 / 상담해 주신 분 칭찬 좀 해 주세요"
        " / 직원분들이 한결같이 친절해요 / 사소한 질문에도 정성껏 답해 주셨습니다 / 제 일처럼 알아봐 주셔서 감동했어요"
        " / 목소리부터 밝으셔서 기분 좋게 통화했어요 / 화가 나서 전화했는데 오히려 제가 죄송해지더라고요"
        " / 설명을 알아듣기 쉽게 해 주셨어요 / 해결되고 나서 다시 전화까지 주셨어요",
    ),
    "price": (
        "가격에 비해 혜택이 적어요 / 요금이 좀 부담스러워요 / 다른 데는 {price} 원이면 되는데 여기는 너무 비싸요"
        " / 신규 가입자한테만 할인해 주는 건 서운하네요 / 오래 써도 할인이 하나도 없어요"
        " / 이 돈이면 다른 서비스를 쓰겠어요 / 요금제 사이에 차이가 없는데 왜 더 비싼지 모르겠어요"
        " / 혼자 쓰기에는 비싼 편이에요 / 쓰는 것에 비해 돈이 아까워요 / 할인 끝나니까 부담이 확 커졌어요"
        " / 혜택은 줄고 요금만 그대로예요",
        "가격은 보통이에요 / 연간 결제 할인이 있으면 좋겠어요 / 비싸지도 싸지도 않아요"
        " / 가족 요금제도 생기면 좋겠습니다 / 요금제를 바꿀지 고민 중이에요 / 가격은 다른 데랑 비슷한 것 같아요",
        "이 가격에 이 정도면 만족해요 / 가성비가 정말 좋아요 / 생각보다 저렴해서 부담이 없어요"
        " / 커피 {times} 잔 값이라 부담 없이 쓰고 있어요 / 돈이 안 아까워요 / 할인받아서 싸게 잘 쓰고 있어요"
        " / 다른 데보다 저렴해서 옮겼는데 잘한 것 같아요 / 혜택 생각하면 오히려 싼 편이에요"
        " / 이 값에 이만한 데가 없어요 / 매달 내는 돈이 하나도 안 아깝습니다",
    ),
    "speed": (
        "답변을 {days}일이나 기다렸어요 / 전화 연결에 {minutes}분 넘게 걸렸어요"
        " / 문의한 지 {days}일이 지났는데 아직 답이 없어요 / 처리가 너무 늦어서 결국 제가 직접 알아봤어요"
        " / 배송이 예정일보다 {days}일 늦게 왔어요 / 금방 된다더니 일주일이 걸렸습니다"
        " / 챗봇만 붙잡고 있다가 해결을 못 했어요 / 부서끼리 서로 떠넘겨서 시간만 갔어요"
        " / 급한 일이었는데 다음 날에야 연락이 왔어요 / 전화할 때마다 처음부터 다시 설명해야 해요"
        " / 기다리라고만 하고 연락이 없어요 / 점심시간마다 전화가 안 돼요 / 다시 전화 준다더니 감감무소식이에요"
        " / 접수만 되고 진행이 안 돼요",
        "답변은 하루 정도 걸렸어요 / 속도는 보통이에요 / 주말에도 상담이 되면 좋겠어요 / 빠르지도 느리지도 않았어요"
        " / 답변이 언제쯤 오는지 알려 주시면 좋겠습니다 / 배송은 그냥 예정일에 왔어요",
        "문의하고 {quick}분 만에 해결됐어요 / 답변이 정말 빨라요 / 전화하자마자 바로 연결됐어요"
        " / 배송이 하루 만에 와서 깜짝 놀랐어요 / 전화 한 통으로 다 해결해 주셔서 좋았어요"
        " / 밤늦게 문의했는데 아침에 바로 답이 왔어요 / 처리가 빨라서 놀랐어요 / 약속한 날짜를 정확히 지켜 주셨습니다"
        " / 기다릴 틈도 없이 처리해 주셨어요 / 주말인데도 답이 와서 고마웠어요 / 접수하자마자 연락이 왔어요"
        " / 대기 없이 바로 상담받았습니다 / 말한 지 하루 만에 고쳐져 있더라고요",
    ),
    "whole": (
        "기대가 컸는데 실망이에요 / 광고 보고 가입했는데 생각했던 거랑 달라요 / 다음 달에는 해지하려고요"
        " / 솔직히 추천은 못 하겠어요 / 점점 서비스가 나빠지는 느낌이에요 / 가입할 때 들은 설명이랑 많이 다르네요"
        " / 계속 써야 할지 고민이에요 / 전체적으로 아쉬워요 / 제대로 되는 게 별로 없어요 / 괜히 가입했나 싶어요"
        " / 예전이 더 나았어요 / 할인 기간만 아니면 벌써 그만뒀어요",
        "그냥 무난하게 쓰고 있어요 / 좋은 점도 있고 아쉬운 점도 있어요 / 그냥 쓸 만해요 / 보통이에요"
        " / 좀 더 써 봐야 알 것 같아요 / 그럭저럭 괜찮아요 / 아직은 잘 모르겠어요",
        "아주 만족하고 있어요 / 친구한테도 추천했어요 / 기대했던 것보다 훨씬 좋아요 / 앞으로도 계속 쓸 생각이에요"
        " / 덕분에 잘 쓰고 있습니다 / 지금까지 써 본 것 중에 제일 나아요 / 가입하길 잘했어요"
        " / 이제 없으면 안 될 것 같아요 / 믿고 쓰고 있어요 / 진작 가입할 걸 그랬어요 / 가족들도 다 좋아해요"
        " / 벌써 주변에 {times} 명이나 소개했어요 / 별점 다섯 개 드리고 싶어요 / 큰 기대 안 했는데 마음에 들어요",
    ),
    "nothing": (
        "",
        "딱히 없어요 / 없습니다 / 특별히 할 말은 없어요 / 글쎄요 / 잘 모르겠어요 / 없어요"
        " / 딱히 생각나는 게 없어요 / 그냥 그래요 / 더 할 말 없어요 / 다음에 쓸게요",
        "",
    ),
}

KOREAN_NOTE = {
    "fault": (
        "자동이체 또 실패함 / 돈 있는데 왜 출금 실패냐고 / 이체 오류 언제 고쳐지는지 모르겠음"
        " / 자동이체 안 돼서 미납 처리됨 / 멀쩡한 계좌를 연체로 만들어 놓고 사과도 없음",
        "",
        "",
    ),
    "billing": (
        "요금 이중 청구됨 / 환불 아직도 안 들어옴 / 청구서 볼 때마다 금액이 다름 / 쓰지도 않은 부가 서비스 청구됨",
        "청구서 잘 안 봐서 모름 / 결제는 그냥 보통 / 결제일 변경 메뉴 있었으면",
        "결제 간편해서 좋음 / 환불 빨라서 만족 / 요금 안내 확실해서 좋음",
    ),
    "app": (
        "앱 자꾸 튕김 / 로그인 왜 이렇게 자주 풀림 / 업데이트하고 더 느려짐 / 앱 너무 불편함 / 오류 좀 잡아 줬으면",
        "앱은 그냥 보통 / 다크 모드 있었으면 / 태블릿에서도 되면 좋겠음",
        "앱 깔끔하고 좋음 / 쓰기 편함 / 앱 오류 없이 잘됨 / 앱 빨라져서 좋음",
    ),
    "kindness": (
        "상담원 불친절함 / 말투가 너무 딱딱함 / 전화 응대 별로였음 / 성의 없는 답변에 실망 / 사람 말을 안 들음",
        "응대는 보통 / 상담원마다 다름 / 전화할 일이 별로 없었음",
        "상담원 완전 친절함 / 응대 좋았음 / 직원분 친절해서 기분 좋았음 / 설명 잘해 주심",
    ),
    "price": (
        "비쌈 / 가성비 별로 / 할인 좀 해 줬으면 / 장기 고객 혜택이 하나도 없음 / 이 값이면 다른 데 감",
        "가격은 보통 / 가격은 뭐 그냥저냥 / 가족 할인 있으면 좋겠음",
        "가성비 좋음 / 가격 착함 / 이 가격이면 만족",
    ),
    "speed": (
        "답변 너무 느림 / 연결 대기 {minutes}분 실화냐 / 배송 {days}일 늦음 / 처리 늦어서 답답함 / 챗봇 쓸모없음",
        "속도는 그냥 보통 / 주말 상담도 있었으면 / 처리 시간은 보통",
        "처리 빠름 / 답변 빨라서 좋음 / 배송 엄청 빠름 / 한 번에 해결됨",
    ),
    "whole": (
        "기대 이하 / 실망임 / 광고랑 다름 / 다음 달에 해지할 예정 / 추천은 못 하겠음",
        "쏘쏘 / 그냥저냥 / 보통임 / 무난함 / 쓸 만함",
        "강추 / 대만족 / 만족하며 쓰는 중 / 굿굿 / 계속 쓸 예정 / 최고",
    ),
    "nothing": ("", "없음 / 딱히 없음 / 특이사항 없음 / 모름", ""),
}

ENGLISH = {
    "fault": (
        "my bank transfer failed and nobody could tell me why / got a late notice although the money was in my account"
        " / I had to call {count} times because the transfer kept failing / billing has been a mess since April"
        " / I was marked as overdue for a payment your side couldn't collect"
        " / paid by hand in the end, the transfer never went through / transfer failed again, about to cancel"
        " / my bank says the problem is on your side",
        "",
        "",
    ),
    "billing": (
        "charged twice and it took {days} days to get my money back / still waiting for my refund"
        " / the invoice is impossible to understand / the amount is different every month and nobody explains it"
        " / found an extra on my bill that I never ordered / you billed me the old rate after I changed plans"
        " / changing my card took {minutes} minutes, seriously",
        "I'd like to pay at the end of the month / would be nice to get the bill by text"
        " / never really look at the bill / a receipt in English would help / payment is OK I guess",
        "billing is clear and always right / the refund came faster than I thought"
        " / I like the text before each payment / a wrong charge was put right the same day"
        " / set up the payment once and never had to think about it again",
    ),
    "app": (
        "the app keeps crashing / can't stay logged in since the update / the app is painfully slow"
        " / I can never find anything in the menu / turned notifications off and still get them"
        " / got stuck at verification {count} times / search doesn't work"
        " / the app closed while I was writing and I lost it all / moved to a new phone and now I can't log in",
        "a dark mode would be nice / the app is okay / I mostly use the website so can't say much about the app"
        " / bigger letters please / an English menu would help / a bit slow sometimes but usable",
        "the app is fast and simple / love the new screen / everything I need is in the app / it just works"
        " / even my parents can use it / no crashes, no bugs / logging in is easy now / nice design"
        " / so much faster since the update",
    ),
    "kindness": (
        "the agent kept interrupting me / the person on the phone was rude / felt like I was bothering them"
        " / copy and paste answers in the chat / not even a sorry / he sighed at me, really"
        " / they treated me like a liar / nobody listened to what I was asking / she hung up before I was done"
        " / blamed me for their mistake / sounded bored the whole time",
        "support was average / depends on who picks up / hardly ever had to call / polite but a bit scripted",
        "the lady on the phone was so kind / really patient with all my questions"
        " / the agent listened first, I appreciated that / very friendly staff / they even remembered my last call"
        " / explained everything slowly and clearly / give your support people a raise"
        " / he was lovely and really wanted to help / finally somebody who listens / made me smile, thank you"
        " / she called me back just to check / so polite and calm",
    ),
    "price": (
        "too expensive for what you get / no discount for loyal customers / new customers pay less than me, not fair"
        " / can't see why premium costs so much more / not worth the money / I can get the same elsewhere for less"
        " / the discount ended and now it's too much / paying for things I never use",
        "price is average / a yearly plan would be nice / a family plan please / not cheap, not expensive"
        " / thinking about changing my plan",
        "great value / cheaper than I expected / worth every won / good deal for the price"
        " / switched because it's cheaper and I'm glad I did / fair price / money well spent",
    ),
    "speed": (
        "waited {days} days for an answer / {minutes} minutes on hold / still no reply after {days} days"
        " / delivery was {days} days late / they kept passing me from one team to another"
        " / had to explain everything again each time I called / the chatbot goes round in circles"
        " / said it would be quick and it took a week / everything takes forever / promised to call back and never did"
        " / had to chase them for {days} days",
        "the answer took about a day / speed is okay / weekend support would help / delivery came on the day it said"
        " / neither fast nor slow",
        "solved in {quick} minutes / super fast reply / got through right away / delivery the next day, wow"
        " / one call and it was fixed / wrote at night and had an answer in the morning / quick and painless"
        " / answered on a Sunday, thank you / done before I finished my coffee / no waiting at all",
    ),
    "whole": (
        "expected more / not what the ad promised / thinking of cancelling / can't recommend it / it's getting worse"
        " / pretty disappointed / I was told something else when I signed up",
        "it's fine / does the job / some good, some bad / too early to say / okay so far / nothing special",
        "very happy / told my friends about it / better than I expected / keep it up / best one I've tried"
        " / should have joined earlier / love it / five stars / using it every day / my whole family likes it"
        " / pleasantly surprised",
    ),
    "nothing": (
        "",
        "nothing / none / no comment / nothing comes to mind / not really / nothing to add"
        " / can't think of anything / not at the moment / all said",
        "",
    ),
}

AFTER_THINGS = (  # what some add at the end, by voice and mood: after a thing that works or does not
    (
        "개선 부탁드려요 / 꼭 좀 고쳐 주세요 / 빠른 조치 부탁드립니다 / 확인 부탁드려요 / 신경 좀 써 주세요"
        " / 다음엔 이런 일 없었으면 해요 / 너무 불편해요",
        "더 쓸 말은 없네요 / 그게 다예요",
        "감사합니다 / 수고하세요 / 앞으로도 잘 부탁드려요 / 고맙습니다 / 늘 응원할게요 / 최고예요 / 추천합니다",
    ),
    ("개선 바람 / 빨리 고쳐 주길 / 답답함 / 확인 좀", "그 정도 / 끝", "굿 / 최고 / 추천함 / 계속 쓸 듯"),
    (
        "please fix this / not good enough / very annoying / please do something / I expected better",
        "that's all / that's about it",
        "thank you / thanks a lot / keep going / well done / highly recommended",
    ),
)
AFTER_OTHERS = (  # after people, the price, and the service as a whole
    (
        "속상하네요 / 아쉬워요 / 신경 좀 써 주세요 / 좀 나아졌으면 좋겠어요",
        "더 쓸 말은 없네요 / 그게 다예요",
        "감사합니다 / 수고하세요 / 앞으로도 잘 부탁드려요 / 고맙습니다 / 늘 응원할게요 / 번창하세요",
    ),
    ("아쉬움 / 개선 바람 / 좀 그랬음", "그 정도 / 끝", "굿 / 감사 / 계속 쓸 듯"),
    (
        "not good enough / I expected better / disappointing / please do better",
        "that's all / that's about it",
        "thank you / thanks a lot / keep it up / thanks to everyone / will stay",
    ),
)

STOCK = tuple(
    own | {"after things": things, "after others": others}
    for own, things, others in zip((KOREAN, KOREAN_NOTE, ENGLISH), AFTER_THINGS, AFTER_OTHERS, strict=True)
)
