; Numeric operators compare rationals.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"NumericLessThan": {"s3:max-keys": "100"}, "NumericNotEquals": {"s3:max-keys": "10.5"}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.service String)
(declare-const |s3:max-keys.ok| Bool)
(declare-const |s3:max-keys.present| Bool)
(declare-const |s3:max-keys.value| Real)
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
(assert (or (not |s3:max-keys.present|) |s3:max-keys.ok|))
(assert (and
  |s3:max-keys.present|
  |s3:max-keys.ok|
  (< |s3:max-keys.value| 100.0)
  (or (not |s3:max-keys.present|) (not (and |s3:max-keys.ok| (= |s3:max-keys.value| (/ 21.0 2.0)))))))
(check-sat)
(get-value (action resource.account resource.arn resource.is_arn resource.partition resource.region resource.service
  |s3:max-keys.ok| |s3:max-keys.present| |s3:max-keys.value|))
