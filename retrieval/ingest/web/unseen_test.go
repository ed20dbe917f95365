package web

import (
	"testing"
)

func TestHiddenTextIsTold(t *testing.T) {
	for name, test := range map[string]struct{ page, hidden string }{
		"nothing":           {`<p>seen</p>`, ""},
		"white":             {`<p>seen</p><p style="color: #FFF">not seen</p>`, "\n\nnot seen"},
		"white font":        {`<p>seen <font color=white>not seen</font></p>`, " not seen"},
		"white on blue":     {`<div style="background:#00f"><p style="color:white">seen</p></div>`, ""},
		"same colours":      {`<p style="color:#123;background-color:#123">not seen</p>`, "not seen"},
		"display":           {`<p>a</p><div style="DISPLAY : none !important">not seen</div>`, "\n\nnot seen"},
		"visibility":        {`<span style="visibility:hidden">not seen</span>`, "not seen"},
		"size":              {`<span style="font-size:0.0px">not seen</span>`, "not seen"},
		"small, not hidden": {`<span style="font-size:0.5em;opacity:1">seen</span>`, ""},
		"away":              {`<span style="position:absolute;left:-9999px">not seen</span>`, "not seen"},
		"cell":              {`<table><tr><td>a</td><td style="color:#ffffff">숨은 글</td></tr></table>`, "숨은 글"},
		"preformatted":      {`<pre style="opacity:0">not seen</pre>`, "not seen"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := HTML(t.Context(), []byte("<html><body>"+test.page+"</body></html>"), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, h := range c.Hidden {
				got += string([]rune(c.Text)[h.Start:h.End])
			}
			if got != test.hidden {
				t.Errorf("hidden is %q, want %q, of %q", got, test.hidden, c.Text)
			}
		})
	}
}
