package encoding_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	ours "outdial/shared/list/encoding"
)

// The browser's TextDecoder stands for Big5 and GB18030 in the file worker; here it is x/text.
func foreign(name ours.Name) (ours.Decoder, error) {
	return &decoder{t: codecs[name].NewDecoder()}, nil
}

var codecs = map[ours.Name]encoding.Encoding{
	ours.Big5:        traditionalchinese.Big5,
	ours.GB18030:     simplifiedchinese.GB18030,
	ours.Windows1252: charmap.Windows1252,
	ours.UTF16LE:     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	ours.UTF16BE:     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	ours.UTF8:        encoding.Nop,
}

type decoder struct {
	t    *encoding.Decoder
	rest []byte
}

func (d *decoder) Decode(text, piece []byte, last bool) ([]byte, error) {
	piece = append(d.rest, piece...)
	out := make([]byte, 4*len(piece)+16)
	n, read, err := d.t.Transform(out, piece, last)
	d.rest = append([]byte(nil), piece[read:]...)
	if err != nil && err != transform.ErrShortSrc {
		return nil, err
	}
	return append(text, out[:n]...), nil
}

func write(t testing.TB, name ours.Name, text string) []byte {
	t.Helper()
	data, err := codecs[name].NewEncoder().Bytes([]byte(text))
	require.NoError(t, err)
	return data
}

func inspect(file []byte, piece int) *ours.Inspector {
	i := &ours.Inspector{}
	for rest := file; len(rest) > 0; {
		n := min(piece, len(rest))
		i.Write(rest[:n])
		rest = rest[n:]
	}
	i.End()
	return i
}

func TestSure(t *testing.T) {
	for _, tc := range []struct {
		name string
		file []byte
		want ours.Name
		sure bool
	}{
		{"ASCII", []byte("name,phone\nAna,0912\n"), ours.UTF8, true},
		{"UTF-8", []byte("姓名,電話\n王小明,0912\nRémi,1\n"), ours.UTF8, true},
		{"UTF-8 with a mark", []byte("\ufeff姓名\n王\n"), ours.UTF8, true},
		{"a mark, and bytes that are no UTF-8", append([]byte("\ufeff姓名\n"), 0xE9, '\n'), "", false},
		{"UTF-16LE with a mark", append([]byte{0xFF, 0xFE}, write(t, ours.UTF16LE, "a,b\n")...), ours.UTF16LE, true},
		{"UTF-16BE with a mark", append([]byte{0xFE, 0xFF}, write(t, ours.UTF16BE, "a,b\n")...), ours.UTF16BE, true},
		{"UTF-16 without", write(t, ours.UTF16LE, "a,b\n1,2\n"), "", false},
		{"Big5", write(t, ours.Big5, "電話\n"), "", false},
		{"Windows-1252 in the last byte", []byte("prenom\nRem\xe9"), "", false},
		{"nothing", nil, ours.UTF8, true},
	} {
		for _, piece := range []int{1, 1 << 10} {
			t.Run(fmt.Sprint(tc.name, "/", piece), func(t *testing.T) {
				name, sure := inspect(tc.file, piece).Sure()
				require.Equal(t, tc.want, name)
				require.Equal(t, tc.sure, sure)
			})
		}
	}
}

// What each office's spreadsheet saves comes first, with its text readable.
func TestCandidates(t *testing.T) {
	for _, tc := range []struct {
		name     string
		in       ours.Name
		text     string
		language string
	}{
		{"Taiwan", ours.Big5, "姓名,電話,地址\n王小明,0912345678,台北市信義區\n陳美玲,0922333444,高雄市左營區\n", ""},
		{"Taiwan, one heading", ours.Big5, "電話\n0912345678\n", ""},
		{"Taiwan, one name", ours.Big5, "name,phone\n林怡君,0912345678\n", "en"},
		{"China", ours.GB18030, "姓名,电话,地址\n张伟,13800138000,北京市朝阳区\n李娜,13900139000,深圳市福田区\n", ""},
		{"China, one heading", ours.GB18030, "手机号码\n13800138000\n", "en"},
		{"China, on a French screen", ours.GB18030, "客户,手机\n刘洋,13800138000\n", "fr"},
		{"Taiwan, on a Chinese screen", ours.Big5, "客戶,手機\n劉家豪,0912345678\n", "zh-CN"},
		{"France", ours.Windows1252, "Nom;Téléphone\nRémi Lefèvre;0612345678\nChloé Bœuf;0612345679\n", ""},
		{"France, one accent", ours.Windows1252, "nom,telephone\nRémi,0612345678\n", ""},
		{"France, on a screen in Taiwan", ours.Windows1252, "Prénom;Ville\nAmélie;Orléans\nFrançois;Sète\n", "zh-TW"},
		{"Germany", ours.Windows1252, "Name;Straße\nMüller;Hauptstraße 3\n", ""},
		{"typographic quotes", ours.Windows1252, "name,note\nO’Brien,“urgent”\n", ""},
		{"UTF-16LE", ours.UTF16LE, "姓名,電話\n王小明,0912345678\n", ""},
		{"UTF-16BE", ours.UTF16BE, "name,phone\nAna,0912345678\n", ""},
		{"traditional characters on a Chinese spreadsheet", ours.GB18030, "姓名,電話\n陳美玲,0922333444\n王小明,0912345678\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			i := inspect(write(t, tc.in, tc.text), 7)
			found, err := i.Candidates(foreign, ours.Hints{Language: tc.language})
			require.NoError(t, err)
			require.Equal(t, tc.in, found[0].Name, "%+v", found)
			require.Zero(t, found[0].Broken)
			require.Equal(t, strings.Split(tc.text, "\n")[0], found[0].Sample[0])
			require.False(t, i.IsBinary())
			if tc.in != ours.UTF16LE && tc.in != ours.UTF16BE {
				require.GreaterOrEqual(t, len(found), 3, "the person chooses among all of them")
			}
		})
	}
}

// "UTF-8, else GB18030" would take these without complaint.
func TestWhatIsFaultlessInGB18030IsStillAsked(t *testing.T) {
	for _, tc := range []struct {
		in   ours.Name
		text string
	}{{ours.Big5, "電話\n"}, {ours.Windows1252, "Rémi\n"}} {
		i := inspect(write(t, tc.in, tc.text), 100)
		_, sure := i.Sure()
		require.False(t, sure)
		found, err := i.Candidates(foreign, ours.Hints{})
		require.NoError(t, err)
		for _, c := range found {
			if c.Name == ours.GB18030 {
				require.Zero(t, c.Broken)
			}
		}
		require.Equal(t, tc.in, found[0].Name)
	}
}

func TestKnownHeadingsTipTheScales(t *testing.T) {
	file := write(t, ours.Big5, "籤號,燚\n1,2\n") // rare in either reading
	found, err := inspect(file, 100).Candidates(foreign, ours.Hints{Known: func(heading string) bool { return heading == "籤號" }})
	require.NoError(t, err)
	require.Equal(t, ours.Big5, found[0].Name)
}

// A file that was cut in the middle of a character, or put together of two, is
// still offered as what most of it is.
func TestUTF8WithABrokenByte(t *testing.T) {
	for _, file := range []string{"姓名,電話\n王小明,0912345678\n陳美玲,0922333444\xe7\n", "Nom;Prénom\nLefèvre;R\xe9mi\nBœuf;Chloé\nNoël;Françoise\n"} {
		found, err := inspect([]byte(file), 10).Candidates(foreign, ours.Hints{Language: "zh-TW"})
		require.NoError(t, err)
		require.Equal(t, ours.UTF8, found[0].Name, "%+v", found)
		require.Equal(t, 1, found[0].Broken)
	}
}

// The rows shown are those that tell candidates apart, however far down they stand.
func TestTheSampleHasTheTellingRows(t *testing.T) {
	file := append([]byte("name,phone\n"), []byte(strings.Repeat("Ana,0912345678\n", 20_000))...)
	file = append(file, write(t, ours.Big5, "王小明,0912345678\n")...)
	file = append(file, []byte(strings.Repeat("Ana,0912345678\n", 10))...)
	i := inspect(file, 4096)
	found, err := i.Candidates(foreign, ours.Hints{})
	require.NoError(t, err)
	require.Equal(t, ours.Big5, found[0].Name)
	require.Equal(t, []string{"name,phone", "王小明,0912345678"}, found[0].Sample)
}

func TestIsBinary(t *testing.T) {
	require.True(t, inspect([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x02\x03\x04\xff\xfe"), 100).IsBinary())
	require.False(t, inspect([]byte("plain"), 100).IsBinary())
}

// Ours read what x/text reads, in pieces of any size.
func FuzzDecoders(f *testing.F) {
	f.Add([]byte("Rémi \x80\x81\xff 王"), uint(1))
	f.Add([]byte{0xFF, 0xFE, 0x3D, 0xD8, 0x00, 0xDE, 0x00, 0xD8, 0x41, 0x00, 0x41}, uint(3))
	f.Add([]byte("\xef\xbb\xbfa\xe9\xe7\x8e"), uint(2))
	f.Fuzz(func(t *testing.T, file []byte, piece uint) {
		size := int(piece%9) + 1
		for _, name := range ours.Names() {
			d, err := ours.NewDecoder(name, foreign)
			require.NoError(t, err)
			var got []byte
			rest := file
			for len(rest) > size {
				got, err = d.Decode(got, rest[:size], false)
				require.NoError(t, err)
				rest = rest[size:]
			}
			got, err = d.Decode(got, rest, true)
			require.NoError(t, err)
			require.True(t, utf8.Valid(got), name)
			whole, err := ours.NewDecoder(name, foreign)
			require.NoError(t, err)
			want, err := whole.Decode(nil, file, true)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), name)
			if name == ours.Windows1252 {
				std, err := charmap.Windows1252.NewDecoder().Bytes(file)
				require.NoError(t, err)
				// x/text has U+FFFD for the five codes that are left open.
				open := strings.NewReplacer("\u0081", "\ufffd", "\u008d", "\ufffd", "\u008f", "\ufffd", "\u0090", "\ufffd", "\u009d", "\ufffd")
				require.Equal(t, open.Replace(string(std)), open.Replace(string(got)))
			}
			if name == ours.UTF8 && utf8.Valid(file) {
				require.Equal(t, strings.TrimPrefix(string(file), "\ufeff"), string(got))
			}
		}
		i := inspect(file, size)
		if _, sure := i.Sure(); !sure {
			found, err := i.Candidates(foreign, ours.Hints{})
			require.NoError(t, err)
			require.NotEmpty(t, found)
		}
	})
}
