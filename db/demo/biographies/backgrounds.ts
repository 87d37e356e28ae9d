import type { Profession } from '../types.ts';

/** A working life before this one: how it went, and what it left behind. `[a|b]` offers a choice. */
export interface Background {
  story: string;
  lessons: [string, string];
}

const story = (text: string, ...lessons: [string, string]): Background => ({ story: text, lessons });

const doctors: Background[] = [
  story(
    'I [spent|gave] {earlyYears} years to emergency medicine before I [came to|found my way into] this work.',
    'A department at four in the morning teaches you to listen fast and to stay calm. I kept the calm and gave up the hurry.',
    'What I brought with me is the habit of asking what somebody is most worried about, and of waiting for the second answer, which is usually the real one.',
  ),
  story(
    'By training I am an anaesthetist, and I still keep a list every [other Thursday|second week].',
    'People who trust me with their breathing have taught me that nobody was ever reassured by being told not to worry.',
    'It is a trade of small margins and constant watching, and so is this.',
  ),
  story(
    'I have been a {gp} for {earlyYears} years, [mostly in one practice|the last of them part time], and I see faces the way a {gp} does: with a whole life behind them.',
    'Half of what people ask me about their forehead turns out to be about sleep, work or a bad year. We talk about that too.',
    'Knowing when not to act is the first thing general medicine teaches, and the hardest to keep practising.',
  ),
  story(
    'My background is dermatology: {earlyYears} years of skin clinics, [mostly eczema and moles|from babies to people in their nineties].',
    'I look at the skin first, always, because it tells me more than the lines do. Now and then I send somebody straight on to a colleague.',
    'Skin is patient and so am I. Very little of what I do is urgent and I like it that way.',
  ),
  story(
    'I trained as a plastic surgeon and worked for {earlyYears} years in reconstruction, mainly after [burns|cancer of the face and neck].',
    'When you have rebuilt an eyelid, you never again think of a face as decoration. Every small muscle is there for a reason.',
    'Reconstruction gave me a lasting respect for symmetry, and for how little of it most lovely faces have.',
  ),
  story(
    'I was an ear, nose and throat registrar when I became fascinated by how people hold their faces, and I have followed that thread for {earlyYears} years.',
    'I used to treat people whose faces had stopped moving on one side. It makes you careful with movement that works.',
    'I examine by asking you to talk, laugh and be cross with me, because a face at rest tells only a third of the story.',
  ),
  story(
    'Eyelids were my world: I worked in ophthalmology for {earlyYears} years, [most of it at an eye hospital|much of it in lid clinics].',
    'I measure eyelids and brows before anything else is discussed, and I write the numbers down so that you can see them too.',
    'Around the eye a millimetre matters. I would rather spend ten more minutes than be a millimetre out.',
  ),
  story(
    'Maxillofacial surgery brought me here. For {earlyYears} years I repaired jaws and cheekbones, [some of them after motorbikes|many of them after a Saturday night].',
    'People with a sore, clenched jaw are often told that it is stress. Sometimes it is; I like to find out properly.',
    'I know the muscles of chewing the way a mechanic knows an engine, and I am happy to explain yours with a mirror and a pencil.',
  ),
  story(
    'I qualified in psychiatry first, which surprises people until they have sat down with me.',
    'Wanting to look less tired can be exactly that, or it can be grief in a coat. Either is welcome in my room; they need different answers.',
    'I ask early how you feel when you look in a mirror, and I ask it as a doctor, not as a formality.',
  ),
  story(
    'As a neurologist I spent {earlyYears} years with the nerves and muscles of the face, [spasm, palsy and pain|in a movement clinic].',
    'Faces are wired far less evenly than the textbooks draw them. I map yours before I give any opinion.',
    'Movement disorders taught me to respect a muscle for what it does, rather than what it shows.',
  ),
  story(
    'I was an army doctor for {earlyYears} years, [two tours among them|mostly in places with more dust than water].',
    'The forces cured me of jargon. If I cannot say it in a plain sentence, I have not understood it yet.',
    'I keep my notes as if a stranger will have to carry on from them tomorrow, because in my first job one did.',
  ),
  story(
    'Much of my career has been in palliative medicine, and I still give it one day a week.',
    'People ask how both fit together. Both are about what a person wants to keep, and neither has room for selling.',
    'It has left me with no fear of silences and a great dislike of false hope.',
  ),
  story(
    'Rheumatology, my first specialty, is {earlyYears} years of listening to people who have already seen four others.',
    'I read your history before you arrive, all of it, so that we need not spend our time on it.',
    'I am used to long stories and rarely look at the clock; that is why my appointments are longer than most.',
  ),
  story(
    'I came from paediatrics, where you learn in your first week that the patient decides who is allowed near.',
    'I still sit lower than the person I am talking to. It changes the conversation more than you would think.',
    'Children taught me to say exactly what will happen next, and then to do exactly that.',
  ),
  story(
    'I read medicine late, at thirty, after [a first career in structural engineering|some years as a cabinetmaker|a degree in physics].',
    'I still think in loads and levers. Faces have both, and yours are not the same left and right.',
    'Coming late to it means that I have never taken a patient’s trust for granted.',
  ),
  story(
    'For {earlyYears} years I was a radiologist, looking at faces from the inside.',
    'I have seen a great deal of anatomy that did not read the book, so I examine rather than assume.',
    'I missed talking to people, which is the honest reason for the change.',
  ),
  story(
    'Intensive care took up the first {earlyYears} years of my working life, and I am glad of every one of them.',
    'We had a rule there: say what you know, say what you do not know, and say what you will do next. I use it daily.',
    'It left me with a checklist for everything. Patients tease me about it and then ask for a copy.',
  ),
  story(
    'I trained in obstetrics and gynaecology and worked on labour wards for {earlyYears} years.',
    'Many of the women I see now want one appointment in the month that is unhurried and about them. I can offer that.',
    'I am at ease with questions that people have never said aloud, so you may as well ask yours.',
  ),
];

const dentists: Background[] = [
  story(
    'I have been a dentist for {earlyYears} years, and most of my patients have known me [since their first filling|since school].',
    'If you have ever been frightened in a dental chair, you will find that I do everything slowly and say it first.',
    'Faces are my daily work from the inside out. Teeth, jaw, lips and smile belong to one conversation.',
  ),
  story(
    'I run a dental practice in the mornings and see people about facial expression in the afternoons.',
    'The two halves of my day help each other: nobody studies smiles like a dentist does.',
    'My nurse, who has worked beside me for years, notices everything that I miss.',
  ),
  story(
    'After dental school I went into oral surgery and stayed there for {earlyYears} years.',
    'It made me [gentle|exact] with my hands and strict about written plans.',
    'I explain with drawings. Most people leave with one in their pocket.',
  ),
  story(
    'My interest began with people who grind their teeth at night, [a tired and underestimated crowd|myself included].',
    'A jaw that works all night deserves a proper examination: teeth, joint, muscles, and a few questions about sleep.',
    'Not every tight jaw needs anything from me. A few need a splint, a holiday or another dentist, and I say so.',
  ),
  story(
    'I specialised in making dentures and bridges, which is really the study of how a face is held up.',
    'I learnt to match a smile to old photographs. I still ask to see a picture of you that you like, for the same reason.',
    'Proportion is something you can train. I have spent {earlyYears} years training mine.',
  ),
  story(
    'I treated nervous patients in a community dental service for {earlyYears} years.',
    'There is always a stop signal in my room. You raise a hand and everything ends, without a reason asked.',
    'Autistic patients, wheelchair users and people with a fear of clinics are an ordinary part of my week.',
  ),
  story(
    'Orthodontics was my first love, and I still look at a face in thirds, whether I want to or not.',
    'Photographs from five angles come before any opinion; you will get a copy.',
    'Years of slow corrections have made me a friend of small steps and long pauses.',
  ),
  story(
    'I grew up behind the reception desk of my parents’ dental surgery and now have one of my own.',
    'We are a small place and we remember people. You will not have to tell your story twice.',
    'My mother’s rule still hangs on the wall: treat the person who owns the teeth.',
  ),
];

const nursePrescribers: Background[] = [
  story(
    'I have been a nurse for {years} years and an independent prescriber for {halfYears} of them.',
    'Nursing taught me to see the person first; the prescribing course taught me to be strict with myself. I need both.',
    'I assess every person face to face, every time, and I would do so even if no rule asked for it.',
  ),
  story(
    'Before this I was a ward sister on [a burns ward|a stroke ward|a surgical ward], and I ran it with a [kettle and a clipboard|firm hand and a full biscuit tin].',
    'I can tell from the door when somebody is nervous, and we start there.',
    'What stayed with me is the handover: clear, complete, nothing left in your head. My notes read like that.',
  ),
  story(
    'For {earlyYears} years I nursed in theatre recovery, which means that I have been the first face that some thousands of people saw.',
    'You learn to speak clearly to somebody who is frightened and only half listening.',
    'I look for the small changes early. It is what recovery nurses do.',
  ),
  story(
    'Dermatology nursing was my path here: leg ulcers, light therapy, [and a lot of cups of tea|and long friendships with difficult skin].',
    'Nothing about your skin will embarrass me. I have seen the rest.',
    'I will probably talk to you about sun cream. I apologise now.',
  ),
  story(
    'I was a health visitor in {city} for {earlyYears} years and know [its stairwells|its tower blocks|its kitchens] by heart.',
    'I am used to talking about things that matter at other people’s kitchen tables, and I try to keep that tone in clinic.',
    'It made me a good judge of when somebody is doing a thing for themselves and when it is for somebody else.',
  ),
  story(
    'I qualified as a nurse at forty, with three children and [an unfinished degree|a mortgage] to my name.',
    'I had already had one working life by then, so very little shocks me.',
    'I bring a parent’s patience and a late starter’s homework.',
  ),
  story(
    'Sexual health clinics were my school for {earlyYears} years.',
    'There is no question that you can ask which I have not heard asked with more embarrassment.',
    'Confidential means confidential. I do not recognise you in the supermarket unless you recognise me.',
  ),
  story(
    'My years as a nurse in intensive care were the making of me.',
    'I know what serious looks like, and it lets me be relaxed about what is not.',
    'I check things twice, aloud. You will get used to it.',
  ),
  story(
    'I nursed people with head and neck cancer for {earlyYears} years.',
    'They taught me how much of a person lives in a half smile. I am in no hurry to change one.',
    'A mirror is a delicate thing to hand to anybody. I always ask first.',
  ),
  story(
    'I have worked as an advanced nurse practitioner in general practice for {earlyYears} years, and still do two days a week there.',
    'It keeps me honest: on Mondays I see what really matters.',
    'Your blood pressure interests me more than your forehead does, to begin with.',
  ),
];

const pharmacists: Background[] = [
  story(
    'I am a pharmacist and independent prescriber, which makes me the person who reads the whole leaflet.',
    'Bring your list of medicines, herbal ones too. It is where I start, and it is where I most often find a reason to wait.',
    'People expect a counter. They get a quiet room and forty unhurried minutes.',
  ),
  story(
    'For {earlyYears} years I ran a community pharmacy in {city}, [opposite the station|next to a chip shop|on a corner where everybody knew my name].',
    'I have had a hundred small conversations a day about health, and I still like them.',
    'I learnt there to explain risk in a way that people carry home: out of a hundred people like you, how many.',
  ),
  story(
    'I was a hospital pharmacist on [a neurology ward|an anticoagulation clinic|a transplant ward] before I took the prescribing qualification.',
    'Interactions and timing are my home ground. I will want to know what you took last week, and why.',
    'I was trained to question other people’s decisions politely. I apply the same politeness to my own.',
  ),
  story(
    'My first degree was chemistry, my second pharmacy, and [some years of teaching|a spell of driving lorries] came in between.',
    'I can tell you how a thing works at the level of a molecule or of a dinner table. You choose.',
    'If there is no good evidence for something, I say that first.',
  ),
  story(
    'I teach clinical assessment to pharmacy students and see patients two days a week.',
    'Students ask why until you run out of answers. It keeps my explanations sharp.',
    'I treat a consultation as an examination that I have to pass, not you.',
  ),
];

const nursePractitioners: Background[] = [
  story(
    'I was an ICU nurse for {earlyYears} years before I went back to school to become a nurse practitioner.',
    'Nights in the ICU teach you to notice the small change before it becomes a big one.',
    'I still chart like somebody’s life depends on it.',
  ),
  story(
    'I have practiced family medicine as a nurse practitioner in {city} for {earlyYears} years, [most of it in a clinic with a leaking roof|in two languages on a good day].',
    'I know what a work shift, two kids and a long commute do to a face. Sometimes the answer is not in my office.',
    'You will get straight talk from me, and time to think it over.',
  ),
  story(
    'My first job was flight nursing, [helicopters and all|out of a hangar in West Texas]. This is quieter.',
    'Once you have worked at two thousand feet with gloves on, you stop fussing and start preparing.',
    'I am a checklist person. It is taped inside the cupboard and you may read it.',
  ),
  story(
    'I came to this from a dermatology practice where I saw [thirty people a day|more sun damage than I can count].',
    'Now I see eight people a day, and I remember all of them.',
    'Texas sun is the first thing we talk about. The rest can wait.',
  ),
  story(
    'I was a school nurse, then a hospice nurse, then a nurse practitioner, in that order and on purpose.',
    'Between them they taught me to be honest with people of every age.',
    'I would like you to leave knowing more than when you came in, whatever you decide.',
  ),
  story(
    'I became a nurse practitioner after {earlyYears} years of nursing, and those years began on a burn ward.',
    'Burn care is slow, careful and kind when it is done well. That is the standard I hold myself to.',
    'I learned there to look somebody in the eye before I look at their skin.',
  ),
  story(
    'Women’s health was my field for {earlyYears} years, and a good part of my practice still is.',
    'Hormones, headaches, sleep: I ask about all of it, because all of it shows.',
    'My patients bring their sisters. I take that as the only review that counts.',
  ),
];

const physicianAssistants: Background[] = [
  story(
    'I am a physician assistant with {earlyYears} years in facial plastic surgery behind me.',
    'I have stood across the table from very good hands for a long time, and I took notes.',
    'Seeing what surgery can do has made me modest about everything smaller.',
  ),
  story(
    'I was a paramedic in {city} before PA school, [riding nights|on a truck older than I was].',
    'You get good at reading a face when it is all you have to go on.',
    'I stay calm, I explain, I do what I said I would do. That is most of the job.',
  ),
  story(
    'My road ran through the Navy, where I was a corpsman, and then PA school on the GI Bill.',
    'The habits stuck: early, prepared, and plain about what can go wrong.',
    'I say sir and ma’am. I cannot help it.',
  ),
  story(
    'I worked in a Mohs surgery practice for {earlyYears} years, taking away very small pieces of people’s faces and putting the rest back neatly.',
    'It gave me a close-up view of how every face folds along its own lines.',
    'I will look at your moles. I always look at the moles.',
  ),
  story(
    'I was an athletic trainer first and a PA second, so I think in muscles.',
    'I will have you make every face you own before I say a word.',
    'Strong on one side and lazy on the other: it is as true of brows as of hamstrings.',
  ),
  story(
    'Urgent care was my home for {earlyYears} years, [fifty charts a shift|in a strip mall between a taqueria and a tire shop].',
    'I promised myself that my next job would have chairs, daylight and time. It does.',
    'I learned to tell quickly who is unwell. I also learned how much I like it when nobody is.',
  ),
];

const registeredNurses: Background[] = [
  story(
    'I am a registered nurse and I work side by side with {supervisor}, who sees every patient first.',
    'I like that order of things. By the time we meet, somebody has already listened to you properly.',
    'Two pairs of eyes are better than one, and ours do not always agree. You will hear both.',
  ),
  story(
    'I nursed on a plastics ward for {earlyYears} years and followed the work that I liked most.',
    'The plan comes from the prescriber who saw you. My part is to carry it out exactly, and to stop if anything has changed.',
    'Dressings, drains and dignity: that was the ward, and it was a good school.',
  ),
  story(
    'My nursing began in [cardiology|orthopaedics|day surgery] and I still pick up a shift there when they are short.',
    'I keep that door open because it keeps me a nurse.',
    'I am the one who rings you two days later, and I ring because I want to know.',
  ),
  story(
    'I have been a nurse for {years} years, in {city} for most of them.',
    'I do not decide alone and I would not want to. {supervisor} is one door away.',
    'You may know me from the ward, the school gate or the choir. I keep them apart.',
  ),
  story(
    'I was a practice nurse for {earlyYears} years: [blood tests, travel clinics, baby clinics|a treatment room with a view of the bins].',
    'A steady pair of hands is mostly practice and a good chair.',
    'I know how to talk people through the part that they are dreading.',
  ),
  story(
    'I came from the operating room, where everything has a place and a count.',
    'I count out loud. I label everything. It is not up for debate.',
    'When I scrub in, so to speak, the phone is off and you are the only person in the building.',
  ),
  story(
    'After {earlyYears} years of night shifts I wanted work that happens in daylight, with people who are awake.',
    'I kept the soft shoes and the soft voice.',
    'Patients tell me that I am the calmest person they met that week. It may be a low bar.',
  ),
];

const estheticians: Background[] = [
  story(
    'I have looked after skin for {years} years, the last {halfYears} of them beside {supervisor}.',
    'Nobody reaches my chair before {supervisor} has seen them in person, and that is how I want it.',
    'I know your skin and the plan; the decision was made by somebody who may make it. Each of us does what we are good at.',
  ),
  story(
    'I trained as a beauty therapist at eighteen and have never stopped going on courses since.',
    'I know exactly where my work ends. {supervisor} decides, I carry out, and we talk every week about how it went.',
    'My first salon was a back room with a curtain. I learnt manners there that no college teaches.',
  ),
  story(
    'Theatre make-up was my beginning: {earlyYears} years of painting faces to be read from the back row.',
    'You cannot shade a cheekbone that you have not studied. I have studied a few thousand.',
    'Working under a prescriber’s direction suits me. In theatre, too, somebody else wrote the play.',
  ),
  story(
    'I was a camouflage make-up artist for people with scars and birthmarks.',
    'It taught me that looking like yourself is the whole point.',
    'I am careful with my words around mirrors. Everybody hears them louder than I say them.',
  ),
  story(
    'I studied sculpture, then skin, and ended up somewhere between the two.',
    'I still think with my hands, and I still step back every two minutes to look at the whole.',
    'Clay forgives. Faces deserve more thought beforehand, which is why I work only to {supervisor}’s written plan.',
  ),
  story(
    'For {earlyYears} years I managed the treatment rooms of [a spa hotel|a department store|a small clinic by the river].',
    'I left because I wanted fewer people and longer with each of them.',
    'Good towels, clean tools, honest advice. I have not found a fourth secret yet.',
  ),
  story(
    'I am a trained skin specialist and I love the unglamorous part: cleansing, lighting, records, aftercare.',
    'You will meet {supervisor} first. Then, if the two of you decide to go on, you will meet me.',
    'I photograph everything in the same light from the same spot, because memory flatters.',
  ),
  story(
    'My grandmother had a beauty parlour with two chairs and a canary, so this is the family trade.',
    'She told every customer to sleep on it. So do I.',
    'I added the science and kept the canary’s name for my dog.',
  ),
];

/** What each profession may have done before, in the first person. */
export const backgrounds: Record<Profession, Background[]> = {
  doctor: doctors,
  dentist: dentists,
  nurse_prescriber: nursePrescribers,
  pharmacist_prescriber: pharmacists,
  nurse_practitioner: nursePractitioners,
  physician_assistant: physicianAssistants,
  registered_nurse: registeredNurses,
  esthetician: estheticians,
};
