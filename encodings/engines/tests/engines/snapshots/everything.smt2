; one of everything
; in two lines
; or three
(set-option :produce-models true)
(set-logic ALL)
(declare-const bits (_ BitVec 32))
(declare-const |key: y| String)
(declare-const p Bool)
(declare-const r Real)
(declare-const x String)
; uninterpreted here, so that "sat" has to be confirmed
(declare-fun ascii_lower (String) String)
; uninterpreted here, so that "sat" has to be confirmed
(declare-fun number (String) Real)
(define-fun t () Bool (and p (< r (- (/ 1.0 3.0))) (= |key: y| "long enough")))
(define-fun t!2 () Int (str.indexof x (str.++ |key: y| "/") (+ (str.len |key: y|) 3)))
(define-fun t!3 () Int (- (str.len x) (+ (str.len |key: y|) 2)))
; a glob without a functional form, so that "sat" has to be confirmed
(declare-const glob Bool)
(assert (or t (not (= x "say ""\u{e9}\u{5c}u{41}"""))))
(assert (or (not t) (= ((_ extract 31 24) bits) #x0a)))
(assert (= bits (ite p bits #x00000005)))
(assert (<= (number (ascii_lower x)) r))
(assert (= (str.++ "a:" |key: y|) (ascii_lower x)))
(assert (str.in_re
  |key: y|
  (re.++
    (str.to_re "a")
    (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}")))
    ((_ re.loop 2 12) (re.range "0" "9")))))
(assert (str.in_re
  |key: y|
  (re.inter
    (re.++ re.allchar re.all)
    (re.comp (re.++ (re.union (str.to_re "N") (str.to_re "n")) (re.union (str.to_re "O") (str.to_re "o")))))))
(assert (str.prefixof (str.++ "user/" |key: y|) x))
(assert (str.suffixof |key: y| x))
(assert (str.contains x |key: y|))
(assert (and (str.prefixof "a" x) (str.suffixof |key: y| x) (<= (+ (str.len |key: y|) 1) (str.len x))))
(assert (and
  (= (str.substr x 0 1) "a")
  (= (str.substr x 2 (str.len |key: y|)) |key: y|)
  (>= t!2 0)
  (= (str.substr x t!3 1) "z")
  (= (str.substr x (+ t!3 2) (str.len |key: y|)) |key: y|)
  (<= (+ t!2 (str.len |key: y|) (str.len |key: y|) 3) (str.len x))))
(assert (and (= (str.len x) (+ (str.len |key: y|) 1)) (= (str.substr x 0 (str.len |key: y|)) |key: y|)))
(assert glob)
(check-sat)
(get-value (bits |key: y| p r x glob))
