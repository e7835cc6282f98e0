; The same kind of question about requests that can exist only: more is known of the ARN, the principal and the keys.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*",
;      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}
;
; is there a request (feasible requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:MultiFactorAuthPresent.ok| Bool)
(declare-const |aws:MultiFactorAuthPresent.present| Bool)
(declare-const |aws:MultiFactorAuthPresent.value| Bool)
(declare-const |aws:username.present| Bool)
(declare-const |aws:username.value| String)
(declare-const principal.is_user Bool)
(declare-const principal.temporary Bool)
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.resource String)
(declare-const resource.service String)
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
(assert (or (not |aws:MultiFactorAuthPresent.present|) |aws:MultiFactorAuthPresent.ok|))
(assert (str.in_re
  action
  (re.++
    (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z"))
    (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z")))
    (str.to_re ":")
    (re.union (re.range "0" "9") (re.range "a" "z"))
    (re.* (re.union (re.range "0" "9") (re.range "a" "z"))))))
(assert (or
  (not resource.is_arn)
  (and
    (= resource.arn "arn")
    (str.in_re
      resource.service
      (re.++
        (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z"))
        (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z")))))
    (str.in_re resource.resource (re.++ re.allchar re.all)))))
(assert (= |aws:username.present| principal.is_user))
(assert (or
  (not |aws:username.present|)
  (str.in_re
    |aws:username.value|
    ((_ re.loop 1 64) (re.union
      (re.range "+" ".")
      (re.range "0" "9")
      (str.to_re "=")
      (re.range "@" "Z")
      (str.to_re "_")
      (re.range "a" "z"))))))
(assert (or principal.is_user principal.temporary))
(assert (or principal.temporary (not |aws:MultiFactorAuthPresent.present|)))
(assert (or (not |aws:MultiFactorAuthPresent.present|) |aws:MultiFactorAuthPresent.ok|))
(assert (or
  (not resource.is_arn)
  (and
    (str.in_re
      resource.partition
      (re.union
        (str.to_re "aws")
        (str.to_re "aws-cn")
        (str.to_re "aws-eusc")
        (str.to_re "aws-us-gov")
        (re.++ (str.to_re "aws-iso") (re.union (str.to_re "") (re.++ (str.to_re "-") (re.range "a" "z"))))))
    (str.in_re
      resource.service
      (re.++
        (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z"))
        (re.* (re.union (str.to_re "-") (re.range "0" "9") (re.range "a" "z")))))
    (str.in_re
      resource.region
      (re.union
        (str.to_re "")
        (re.++
          ((_ re.loop 2 2) (re.range "a" "z"))
          (str.to_re "-")
          (re.range "a" "z")
          (re.* (re.range "a" "z"))
          (re.* (re.++ (str.to_re "-") (re.range "a" "z") (re.* (re.range "a" "z"))))
          (str.to_re "-")
          (re.range "0" "9"))))
    (str.in_re resource.account (re.union (str.to_re "") (str.to_re "aws") ((_ re.loop 12 12) (re.range "0" "9"))))
    (str.in_re resource.resource (re.++ re.allchar re.all)))))
(assert (and
  (= action "s3:getobject")
  resource.is_arn
  (= resource.arn "arn")
  (= resource.partition "aws")
  (= resource.service "s3")
  (= resource.region "")
  (= resource.account "")
  |aws:username.present|
  (str.prefixof (str.++ "home/" |aws:username.value| "/") resource.resource)
  |aws:MultiFactorAuthPresent.present|
  |aws:MultiFactorAuthPresent.ok|
  |aws:MultiFactorAuthPresent.value|))
(check-sat)
(get-value (action |aws:MultiFactorAuthPresent.ok| |aws:MultiFactorAuthPresent.present|
  |aws:MultiFactorAuthPresent.value| |aws:username.present| |aws:username.value| principal.is_user principal.temporary
  resource.account resource.arn resource.is_arn resource.partition resource.region resource.resource resource.service))
