package model_test

import (
	"encoding/base32"
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

const (
	period       = 30 * time.Second
	challenged   = 10 * time.Minute
	lockedFor    = 15 * time.Minute
	trustedFor   = 30 * day
	mostGuesses  = 5 // of one challenge, as the reference has it
	mostFailures = 7 // of the account
)

// factors is what should become of one user's second factor.
type factors struct {
	s         *authtest.Server
	enabled   bool
	secret    string // of the authenticator app; "": none was begun
	codes     []string
	spent     map[string]bool // backup codes
	used      time.Time       // the period of the last code that was used
	failures  int
	locked    time.Time
	distrust  time.Time // what was trusted until then is not
	trusts    map[int]time.Time
	nextTrust int
	browsers  []*visitor
}

// visitor is a browser on any step of the way in.
type visitor struct {
	*authtest.Client

	in         bool
	challenge  *challenge // nil: none
	challenged time.Time
	trust      int // 0: none
}

// challenge is half a sign-in; browsers may share it where cookies were stolen.
type challenge struct {
	guesses int
	over    bool
}

func (m *factors) now() time.Time { return m.s.Clock.Now() }

// code returns the code of the app now, and its period.
func (m *factors) code(t *rapid.T) (string, time.Time) {
	out, err := core.Invoke(m.s.Context(), m.s.Kernel, twofactor.GenerateTOTP, &twofactor.GenerateTOTPInput{Secret: m.secret}, core.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return out.Code, m.now().Truncate(period)
}

func (m *factors) signIn(t *rapid.T) {
	v := pick(t, "browser", m.browsers)
	if v.in {
		t.Skip("is signed in")
	}
	a := v.Post("/sign-in/email", body{"email": ada, "password": authtest.Password})
	want(t, a, 200, "")
	made, known := m.trusts[v.trust]
	trusted := known && made.Add(trustedFor).After(m.now()) && made.After(m.distrust)
	switch asked := a.Text("token") == ""; {
	case asked != (m.enabled && !trusted):
		t.Fatalf("the second factor is asked for: %t; enabled %t, trusted %t", asked, m.enabled, trusted)
	case asked:
		delete(m.trusts, v.trust)
		v.trust, v.challenge, v.challenged = 0, &challenge{}, m.now()
	default:
		v.in = true
		if m.enabled {
			delete(m.trusts, v.trust)
			m.trust(v)
		}
	}
}

// prover picks who proves a factor, mostly somebody half way in.
func (m *factors) prover(t *rapid.T) *visitor {
	var usual []*visitor
	for _, v := range m.browsers {
		if v.challenge != nil && !v.in || v.in && m.secret != "" && !m.enabled {
			usual = append(usual, v)
		}
	}
	return mostly(t, "browser", usual, m.browsers)
}

func (m *factors) trust(v *visitor) {
	m.nextTrust++
	v.trust = m.nextTrust
	m.trusts[v.trust] = m.now()
}

func (m *factors) steal(t *rapid.T) {
	thief := *pick(t, "browser", m.browsers)
	if thief.in {
		t.Skip("sessions are another machine's")
	}
	thief.Client = thief.Clone()
	m.browsers = append(m.browsers, &thief)
}

func (m *factors) signOut(t *rapid.T) {
	v := pick(t, "browser", m.browsers)
	want(t, v.Post("/sign-out", body{}), 200, "")
	v.in = false
}

func (m *factors) enable(t *rapid.T) {
	v := pick(t, "browser", m.browsers)
	a := v.Post("/two-factor/enable", body{"password": authtest.Password})
	switch {
	case !v.in:
		want(t, a, 401, "UNAUTHORIZED")
	case m.enabled:
		want(t, a, 400, "TOTP_ALREADY_ENABLED")
	default:
		want(t, a, 200, "")
		u, _ := url.Parse(a.Text("totpURI"))
		key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
		if err != nil {
			t.Fatal(err)
		}
		var out struct{ BackupCodes []string }
		a.Decode(&out)
		m.secret, m.codes, m.spent = string(key), out.BackupCodes, map[string]bool{}
	}
}

func (m *factors) disable(t *rapid.T) {
	v, password := pick(t, "browser", m.browsers), pick(t, "password", []string{authtest.Password, "not the password"})
	a := v.Post("/two-factor/disable", body{"password": password})
	switch {
	case !v.in:
		want(t, a, 401, "UNAUTHORIZED")
	case password != authtest.Password:
		want(t, a, 400, "INVALID_PASSWORD")
	default:
		want(t, a, 200, "")
		m.enabled, m.secret, m.codes = false, "", nil
		m.failures, m.locked, m.used, m.distrust = 0, time.Time{}, time.Time{}, m.now()
		v.trust = 0
	}
}

// guess proves a factor with what may be right, and says whether it should
// have counted.
func (m *factors) guess(t *rapid.T, v *visitor, path, code string, trust, right bool, refusal string) bool {
	a := v.Post(path, body{"code": code, "trustDevice": trust})
	status, refused := m.judge(v, right, refusal)
	want(t, a, status, refused)
	if status != 200 {
		return false
	}
	m.failures, m.locked = 0, time.Time{}
	if !v.in {
		v.in, v.challenge.over, v.challenge = true, true, nil
		if trust {
			m.trust(v)
		}
	}
	return true
}

// judge counts a guess and returns how it is to be answered.
func (m *factors) judge(v *visitor, right bool, refusal string) (int, string) {
	half := v.challenge != nil && v.challenged.Add(challenged).After(m.now())
	off := map[string]string{"INVALID_CODE": "TOTP_NOT_ENABLED", "INVALID_BACKUP_CODE": "BACKUP_CODES_NOT_ENABLED"}[refusal]
	switch {
	case !v.in && (!half || v.challenge.over):
		return 401, "INVALID_TWO_FACTOR_COOKIE"
	case m.secret == "" || !v.in && !m.enabled && refusal == "INVALID_CODE":
		return 400, off
	case m.locked.After(m.now()):
		return 429, "ACCOUNT_TEMPORARILY_LOCKED"
	}
	if !v.in {
		if v.challenge.guesses == mostGuesses {
			v.challenge.over, v.challenge = true, nil
			return 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"
		}
		v.challenge.guesses++
	}
	if !m.locked.IsZero() {
		m.failures, m.locked = 0, time.Time{}
	}
	if m.failures++; m.failures == mostFailures {
		m.locked = m.now().Add(lockedFor)
	}
	if !right {
		return 401, refusal
	}
	return 200, ""
}

func (m *factors) totp(t *rapid.T) {
	v, trust := m.prover(t), flip(t, "trust")
	code, step := m.code(t)
	right := m.secret != "" && step.After(m.used)
	if rapid.IntRange(0, 3).Draw(t, "wrong") == 3 {
		code, right = "1234567", false
	}
	if m.guess(t, v, "/two-factor/verify-totp", code, trust, right, "INVALID_CODE") {
		m.used, m.enabled = step, true
	}
}

func (m *factors) backup(t *rapid.T) {
	v, trust := m.prover(t), flip(t, "trust")
	code := pick(t, "code", append([]string{"wrong-wrong"}, m.codes...))
	right := code != "wrong-wrong" && !m.spent[code]
	if m.guess(t, v, "/two-factor/verify-backup-code", code, trust, right, "INVALID_BACKUP_CODE") {
		m.spent[code] = true
	}
}

func (m *factors) check(t *rapid.T) {
	for i, v := range m.browsers {
		if in := v.Get("/get-session").Body != "null"; in != v.in {
			t.Fatalf("browser %d is signed in: %t", i, in)
		}
	}
	if u := m.browsers[0].Get("/get-session"); u.Body != "null" {
		var got struct {
			User struct{ TwoFactorEnabled bool }
		}
		if u.Decode(&got); got.User.TwoFactorEnabled != m.enabled {
			t.Fatalf("enabled %t, want %t", got.User.TwoFactorEnabled, m.enabled)
		}
	}
}

func TestSecondFactors(t *testing.T) {
	play(t, func(t *rapid.T, begin beginning) {
		m := &factors{spent: map[string]bool{}, trusts: map[int]time.Time{}}
		m.s = begin(kept(t), func(o *core.Options) {
			o.Session.ExpiresIn = 400 * day
			o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{
				Lockout: twofactor.Lockout{MaxFailedAttempts: mostFailures}, BackupCodes: twofactor.BackupCodeOptions{Amount: 3}}))
		})
		m.browsers = []*visitor{{Client: m.s.SignUp(ada), in: true}, {Client: m.s.Client()}, {Client: m.s.Client()}}
		t.Repeat(map[string]func(*rapid.T){
			"":         m.check,
			"sign in":  m.signIn,
			"steal":    m.steal,
			"sign out": m.signOut,
			"enable":   m.enable,
			"disable":  m.disable,
			"totp":     m.totp,
			"backup":   m.backup,
			"later":    passing(m.s, time.Second, period, 6*time.Minute, 16*time.Minute, 10*day),
		})
	})
}
