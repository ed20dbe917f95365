package call

import "testing"

func TestLabels(t *testing.T) {
	yes, support, number := []string{"Yes", "No"}, []string{"Yes", "Partly", "No"}, []string{"0", "1", "2"}
	for text, want := range map[string]struct {
		labels []string
		label  int // -1: none
	}{
		`{"grade": "Yes"}`:                  {yes, 0},
		`Sure: {"grade": "no"} done`:        {yes, 1},
		"```json\n{\"grade\": \"No\"}\n```": {yes, 1},
		`{'grade': 'Yes'}`:                  {yes, 0},
		`{"Grade":"yes."}`:                  {yes, 0},
		`[{"grade": "No"}]`:                 {yes, 1},
		`{"answer": "No"}`:                  {yes, 1},
		`{"grade": true}`:                   {yes, 0},
		`{"grade": false}`:                  {yes, 1},
		`{"grade": {"grade": "No"}}`:        {yes, 1},
		`{"grade": "Yes`:                    {yes, 0},
		`{"grade": 2}`:                      {number, 2},
		`{"grade": "1"}`:                    {number, 1},
		"2.":                                {number, 2},
		"Passage 1":                         {number, 1},
		"Yes.":                              {yes, 0},
		"**Yes**":                           {yes, 0},
		"No, the passage does not say so.":  {yes, 1},
		"Grade: Partly":                     {support, 1},
		"Partially.":                        {support, 1},
		"The answer is: yes":                {yes, 0},
		"예.":                                {yes, 0},
		"네, 그렇습니다":                          {yes, 0},
		"아니요":                               {yes, 1},
		"답: 아니오":                            {yes, 1},
		`{"grade": "부분적으로"}`:                {support, 1},
		"하나":                                {[]string{"One", "Several"}, 0},
		"여러 곳":                              {[]string{"One", "Several"}, 1},
		"It could be yes or no.":            {yes, -1},
		"Banana":                            {yes, -1},
		"I do not know":                     {yes, -1},
		"":                                  {yes, -1},
		`{"grade": "Maybe"}`:                {yes, -1},
		`{"grade": [`:                       {yes, -1},
		"모르겠습니다":                            {yes, -1},
	} {
		got, ok := labelOf(text, want.labels)
		if ok != (want.label >= 0) || ok && got != want.label {
			t.Errorf("%q: got %d, %t; want %d", text, got, ok, want.label)
		}
	}
}

func FuzzLabels(f *testing.F) {
	f.Add(`{"grade": "Yes"}`)
	f.Add(`[{"grade": 1}] 예`)
	f.Fuzz(func(t *testing.T, text string) {
		if got, _ := labelOf(text, []string{"Yes", "Partly", "No"}); got < 0 || got > 2 {
			t.Fatalf("%q: label %d", text, got)
		}
	})
}
