; A policy variable with a default: the default stands for an absent key.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/team, 'shared'}/*"}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:PrincipalTag/team.present| Bool)
(declare-const |aws:PrincipalTag/team.value| String)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.resource String)
(declare-const resource.service String)
(define-fun t () String (ite |aws:PrincipalTag/team.present| |aws:PrincipalTag/team.value| "shared"))
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.service (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.region (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))))
(assert true)
(assert (and
  resource.is_arn
  (= resource.arn "arn")
  (= resource.partition "aws")
  (= resource.service "s3")
  (= resource.region "")
  (= resource.account "")
  (str.prefixof (str.++ "home/" t "/") resource.resource)))
(check-sat)
(get-value (action |aws:PrincipalTag/team.present| |aws:PrincipalTag/team.value| resource.account resource.arn
  resource.is_arn resource.partition resource.region resource.resource resource.service))
