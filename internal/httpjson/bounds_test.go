package httpjson

import "testing"

func TestBounds(t *testing.T) {
	for said, want := range map[string][2]int{
		"integer below minimum value. Expected a value >= 16, but got 1 instead.": {16, 0},
		"max_tokens must be at least 16":                                          {16, 0},
		"max_tokens must be greater than 0":                                       {1, 0},
		"max_tokens must not be less than 16":                                     {16, 0},
		"top_logprobs must be between 0 and 5":                                    {0, 5},
		"top_logprobs must be <= 5":                                               {0, 5},
		"top_logprobs must be less than 6":                                        {0, 5},
		"greater than max allowed: 8":                                             {0, 8},
		"the valid range of max_tokens is [1, 8192]":                              {1, 8192},
		"the valid range of max_tokens is [1,8192]":                               {1, 8192},
		"supports at most 4,096 completion tokens":                                {0, 4096},
		"max_tokens: 60000 > 8192, which is the maximum":                          {8193, 0}, // read as a minimum: the caller compares it with the number that it sent
		"max_tokens must be less than or equal to 4096":                           {0, 4096},
		"max_tokens는 16 이상이어야 합니다":                                                {16, 0},
		"top_logprobs는 최대 5까지 허용됩니다":                                              {0, 5},
		"top_logprobs 값은 5 이하여야 합니다":                                              {0, 5},
		"batch size 50 > maximum allowed batch size 32":                           {0, 32},
		"Bad Request": {0, 0},
	} {
		if least, most := Bounds(said); least != want[0] || most != want[1] {
			t.Errorf("%q: got %d and %d, want %v", said, least, most, want)
		}
	}
}

func FuzzBounds(f *testing.F) {
	f.Add("between 1 and 5")
	f.Add("최대 5, 16 이상")
	f.Fuzz(func(t *testing.T, said string) {
		if least, most := Bounds(said); least < 0 || most < 0 {
			t.Fatalf("%q: %d and %d", said, least, most)
		}
	})
}
