//go:build onnx

package embed

import "testing"

// English questions must find Korean facts by the vectors of the default
// embedder alone, and Korean questions English facts.
func TestTheDefaultEmbedderCrossesLanguages(t *testing.T) {
	facts := []struct{ korean, english, inEnglish, inKorean string }{
		{"도서관은 매주 월요일에 쉽니다.", "The library is closed on Mondays.", "On which day is the library closed?", "도서관은 무슨 요일에 쉬나요?"},
		{"수영장 입장료는 3,500원입니다.", "Entering the swimming pool costs 3,500 won.", "How much does it cost to enter the swimming pool?", "수영장에 들어가려면 얼마를 내야 하나요?"},
		{"시장 이름은 박해린입니다.", "The mayor's name is Haerin Park.", "What is the mayor's name?", "시장의 이름은 무엇인가요?"},
		{"버스 첫차는 오전 5시 40분에 출발합니다.", "The first bus leaves at 5:40 in the morning.", "When does the first bus leave?", "첫 버스는 언제 출발하나요?"},
		{"주차장은 지하 2층에 있습니다.", "The car park is on the second basement floor.", "Where is the car park?", "주차장은 어디에 있나요?"},
		{"연차는 입사 첫해에 15일입니다.", "In the first year there are 15 days of annual leave.", "How many days of annual leave are there in the first year?", "첫해의 연차는 며칠인가요?"},
		{"회사는 2009년에 군산에서 설립되었습니다.", "The company was founded in Gunsan in 2009.", "Where was the company founded?", "회사는 어디에서 설립되었나요?"},
		{"환불은 구매 후 14일 안에 신청해야 합니다.", "A refund must be requested within 14 days of the purchase.", "Within how many days must a refund be requested?", "환불은 며칠 안에 신청해야 하나요?"},
		{"비밀번호는 14자 이상이어야 합니다.", "A password must have at least 14 characters.", "How long must a password be?", "비밀번호는 몇 자 이상이어야 하나요?"},
		{"회의실 예약은 총무팀이 담당합니다.", "The general affairs team handles bookings of meeting rooms.", "Which team handles meeting room bookings?", "회의실 예약은 어느 팀이 담당하나요?"},
		{"점심시간은 12시부터 1시까지입니다.", "Lunch break is from 12 to 1.", "When is lunch break?", "점심시간은 언제인가요?"},
		{"보증 기간은 3년입니다.", "The warranty lasts three years.", "How long is the warranty?", "보증 기간은 얼마나 되나요?"},
	}
	o := openONNX(t, ONNXConfig{})
	var korean, english [][]float32
	for _, f := range facts {
		korean, english = append(korean, documentVector(t, o, f.korean)), append(english, documentVector(t, o, f.english))
	}
	first := func(question string, among [][]float32) int {
		v, err := o.EmbedQuery(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		best := 0
		for i := range among {
			if dot(v, among[i]) > dot(v, among[best]) {
				best = i
			}
		}
		return best
	}
	var rightly struct{ korean, english int }
	for i, f := range facts {
		if got := first(f.inEnglish, korean); got == i {
			rightly.korean++
		} else {
			t.Logf("%q finds %q first", f.inEnglish, facts[got].korean)
		}
		if got := first(f.inKorean, english); got == i {
			rightly.english++
		} else {
			t.Logf("%q finds %q first", f.inKorean, facts[got].english)
		}
	}
	// all-MiniLM-L6-v2 finds one of the twelve Korean facts.
	if rightly.korean < 11 || rightly.english < 10 {
		t.Errorf("of 12 facts each, %d Korean and %d English ones are found first; known: 11 and 10", rightly.korean, rightly.english)
	}
}
